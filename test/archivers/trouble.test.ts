import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { archiverTroubles } from "../../src/archivers/trouble.ts";
import { loadSite } from "../../src/lists/settings.ts";

function troubles(
  t: Test,
  settings: string,
  files: Record<string, string> = {},
) {
  const home = t.testdir(files);
  writeFileSync(join(home, "listmill.toml"), settings);
  return archiverTroubles(loadSite(home));
}

t.test("nothing is asked for, nothing is missing", async (t) => {
  t.same(troubles(t, ""), []);
  t.same(troubles(t, '[archive.http]\nurl = "http://x/"\n'), []);
});

t.test("programs and files that are not there", async (t) => {
  t.match(
    troubles(
      t,
      '[archive.mhonarc]\nprogram = "none"\nrcfile = "look"\n[archive.public_inbox]\nindex_program = "nope"\n',
    ).join("\n"),
    /nope is not there: inboxes are not indexed[\s\S]*none is not there: install MHonArc[\s\S]*look is not there/,
  );
});

t.test("secrets and certificates", async (t) => {
  const http = (setting: string) =>
    `[archive.http]\nurl = "https://x/"\n${setting} = "file"\n`;
  for (const setting of ["secret_file", "key_file"]) {
    t.match(troubles(t, http(setting)), [/holds no secret/]);
    t.match(troubles(t, http(setting), { file: "x\n" }), [/chmod 600/]);
  }
  const home = t.testdir();
  writeFileSync(join(home, "listmill.toml"), http("secret_file"));
  writeFileSync(join(home, "file"), "whsec_a-b\n", { mode: 0o600 });
  t.match(archiverTroubles(loadSite(home)), [/behind whsec_ there must be/]);
  t.match(troubles(t, http("ca_file")), [/ca_file cannot be read/]);
  t.match(troubles(t, http("ca_file"), { file: "x" }), [/no certificate/]);
});
