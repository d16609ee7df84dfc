// Where a state lies, by the settings; opened once, and tried again where that failed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { loadSite } from "../../src/lists/settings.ts";
import { placeOf, stateOf } from "../../src/lists/state.ts";
import { makeLocal } from "../../src/state/local.ts";

function homeWith(dir: string, settings: string): string {
  writeFileSync(join(dir, "listmill.toml"), settings);
  return dir;
}

t.test("without a url it is a file of the home", async (t) => {
  const home = homeWith(t.testdir(), "");
  t.same(placeOf(loadSite(home)), { home, server: undefined });
});

t.test("a url names the server, and a file its password", async (t) => {
  const home = homeWith(
    t.testdir({ secret: "s3cret\n" }),
    `[state]\nurl = "postgres://mill@db.example.org/lists"\npassword_file = "secret"\ntimeout = "5s"\n`,
  );
  const { server } = placeOf(loadSite(home));
  t.same(server?.(), {
    host: "db.example.org",
    port: 5432,
    user: "mill",
    database: "lists",
    password: "s3cret",
    tls: undefined,
    timeout: 5000,
  });
  writeFileSync(join(home, "secret"), "other\n");
  t.equal(server?.().password, "other", "it is read for each connection");
});

t.test(
  "settings that cannot work are refused, without the password",
  async (t) => {
    for (const [settings, why] of [
      [
        'url = "postgres://mill:s3cret@db/lists"',
        /2: state.url: must be .* without a password/,
      ],
      ['url = "mysql://mill@db/lists"', /must be "postgres:/],
      ['url = "postgres://mill@db"', /must be "postgres:/],
      ['password_file = "secret"', /state.password_file: needs a url/],
      ["tls = true", /state.tls: needs a url/],
      [
        'url = "postgres://a@b/c"\nca_file = "ca"',
        /state.ca_file: needs tls = true/,
      ],
    ] as const) {
      const home = homeWith(t.testdir(), `[state]\n${settings}\n`);
      const said = t.throws(() => loadSite(home), why);
      t.notMatch(String(said), "s3cret");
    }
  },
);

t.test(
  "what could not be opened is tried again, what is open stays",
  async (t) => {
    const home = t.testdir();
    await t.rejects(stateOf(home), { exitCode: 75, message: /is missing/ });
    makeLocal(home).close();
    const state = await stateOf(home);
    t.teardown(() => state.close());
    t.equal(await stateOf(home), state);
  },
);
