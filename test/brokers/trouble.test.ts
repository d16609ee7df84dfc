import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { brokerTroubles } from "../../src/brokers/trouble.ts";
import { loadSite } from "../../src/lists/settings.ts";

function troubles(t: Test, settings: string, files = {}) {
  const home = t.testdir(files);
  writeFileSync(join(home, "listmill.toml"), settings);
  return brokerTroubles(loadSite(home));
}

t.test("passwords and certificates", async (t) => {
  for (const [name, url] of [
    ["amqp", "amqps://h"],
    ["redis", "rediss://h"],
  ]) {
    const section = `[archive.${name}]\nurl = "${url}"\n`;
    const login = `${section}user = "u"\npassword_file = "file"\n`;
    t.same(troubles(t, section), []);
    t.match(troubles(t, login), [
      new RegExp(`^\\[archive.${name}\\] .*there is no such file`),
    ]);
    t.match(troubles(t, login, { file: "x\n" }), [/chmod 600/]);
    t.match(troubles(t, `${section}ca_file = "file"\n`), [
      /ca_file cannot be read/,
    ]);
  }
});
