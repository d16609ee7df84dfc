import { spawnSync } from "node:child_process";
import { existsSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";
import { bare } from "../environment.ts";

const program = resolve("bin/listmill");
const list = "news@lists.example.org";
const box = ["a", "b", "c"]
  .map(
    (id) =>
      `From x@y Thu Nov  5 08:07:06 2020\nMessage-ID: <${id}>\nSubject: ${id}\n\n${id}\n\n`,
  )
  .join("");

/** Taking out post 2, killed at a place, and said again. */
for (const place of [
  "post-buried",
  "post-unshelved",
  "event-due",
  "event-told",
])
  t.test(
    `killed at ${place}, it is taken out when it is said again`,
    async (t) => {
      const home = t.testdir();
      const run = (args: string[], failpoint = "") =>
        spawnSync(program, ["--home", home, ...args], {
          env: { ...bare, LISTMILL_FAILPOINT: failpoint },
          input: box,
          encoding: "utf8",
        });
      run(["init"]);
      run(["list", "create", list]);
      t.equal(run(["archive", "import", list, "--mbox", "-"]).status, 0);
      const expunge = ["archive", "expunge", list, "2", "--reason", "asked"];
      t.equal(run(expunge, place).signal, "SIGKILL");
      // Whatever is left, nobody is shown it.
      const shown = run(["archive", "show", list, "2"]);
      t.equal(shown.status, 66);
      t.match(shown.stderr, /taken out/);
      t.notMatch(run(["archive", "list", list]).stdout, /^ +2 /m);
      t.notMatch(run(["archive", "export", list, "--mbox", "-"]).stdout, "<b>");
      run(["spool", "verify", "--repair"]);
      run(expunge);
      t.match(run(["archive", "verify", list]).stdout, "2 posts: all whole");
      const dir = join(home, "archive", list);
      t.equal(statSync(join(dir, "numbers", "0", "2")).size, 0);
      t.notOk(existsSync(join(dir, "2020", "11", "2.eml")));
      run(["run", "events", "--until-empty"]);
      const left = spawnSync("grep", ["-rl", "Subject: b", home], {
        encoding: "utf8",
      });
      t.equal(left.stdout, "", "no file of the home has it");
    },
  );

t.test("a restored archive without its tickets", async (t) => {
  const home = t.testdir();
  const run = (...args: string[]) =>
    spawnSync(program, ["--home", home, ...args], {
      env: bare,
      input: box,
      encoding: "utf8",
    });
  run("init");
  run("list", "create", list);
  run("archive", "import", list, "--mbox", "-");
  rmSync(join(home, "archive", list, "numbers", "recent"), { recursive: true });
  const done = run("archive", "expunge", list, "2", "--reason", "asked");
  t.equal(done.status, 0, done.stderr);
});
