// state: where it lies, both ways of printing, and what cannot be meant. Copies between real
// databases are in test/road/hosts.test.ts.
import { join } from "node:path";
import t from "tap";
import command from "../../src/cli/state.ts";
import { makeHome, verb } from "./atHome.ts";
import { member } from "./member.ts";

t.test("where the state lies and what is in it", async (t) => {
  const home = await makeHome(t);
  await member(t, home, "anna@x.org", "bob@x.org");
  const path = join(home, "state/listmill.db");
  const shown = await verb(t, home, command, []);
  t.equal(
    shown.out,
    `where       ${path}\nversion     7\nmembers     2\nsuppressed  0\nsizes       0\nnumbers     0\nroles       0\njournal     2\noutbox      0\nwindows     0\nbounces     0\nbounce_days 0\nprobes      0\n`,
  );
  const { out } = await verb(t, home, command, [], true);
  t.same(JSON.parse(out), {
    kind: "sqlite",
    where: path,
    version: 7,
    rows: {
      members: 2,
      suppressed: 0,
      sizes: 0,
      numbers: 0,
      roles: 0,
      journal: 2,
      outbox: 0,
      windows: 0,
      bounces: 0,
      bounce_days: 0,
      probes: 0,
    },
  });
});

t.test("what cannot be meant is refused", async (t) => {
  const home = await makeHome(t);
  for (const [args, err] of [
    [["move"], /takes copy or nothing/],
    [["--back"], /--back is for state copy/],
    [["copy"], /which database\? Set \[state\] url/],
    [["copy", "postgres://a:secret@b/c"], /without a password/],
    [["copy", "postgres://a@b/c", "more"], /an argument too many/],
  ] as const) {
    const said = await verb(t, home, command, args);
    t.match(said, { code: 64, err });
    t.notMatch(said.err, "secret");
  }
});
