// What a newcomer types first: `make demo`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";
import { freshHome } from "../../demo/home.ts";

t.setTimeout(180_000);

const main = resolve("demo/main.ts");

function demo(folder: string, more: Record<string, string> = {}) {
  return spawnSync(process.execPath, [main], {
    encoding: "utf8",
    env: { ...process.env, TMPDIR: folder, ...more },
  });
}

t.test("the demo tells its story to the end, and keeps its home", async (t) => {
  const folder = t.testdir();
  const { status, stdout, stderr } = demo(folder);
  if (status !== 0) t.comment(stdout);
  t.equal(status, 0);
  t.equal(stderr, "");
  t.match(stdout, "play Digest, Vol 1, Issue 1");
  t.match(stdout, "Only members may post to play@lists.example.org");
  t.notOk(stdout.includes("\x1b"), "no colours where there is no terminal");
  const [home = "none"] = readdirSync(folder);
  t.match(stdout, `cd ${join(folder, home)}`);
  t.ok(existsSync(join(folder, home, "run.log")));
});

t.test("a demo that goes wrong says so and exits with 1", async (t) => {
  const folder = t.testdir();
  const { status, stdout } = demo(folder, { LISTMILL_FAILPOINT: "hooks-done" });
  t.equal(status, 1);
  t.match(stdout, /the runner ended by itself: /);
  t.match(stdout, /The home of this demo is kept: /);
});

t.test(
  "the next demo removes what an earlier one has left, and no other",
  async (t) => {
    const folder = t.testdir();
    const left = (name: string, mark: string) => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, ".demo"), mark);
    };
    const gone = spawnSync("true").pid;
    left("listmill-demo-old", `${gone}\n`);
    left("listmill-demo-running", `${process.pid}\n`);
    left("listmill-other", `${gone}\n`);
    mkdirSync(join(folder, "listmill-demo-strange"));
    const before = process.env.TMPDIR;
    process.env.TMPDIR = folder;
    t.teardown(() => {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    });
    const home = freshHome();
    t.same(
      readdirSync(folder)
        .filter((name) => join(folder, name) !== home)
        .sort(),
      ["listmill-demo-running", "listmill-demo-strange", "listmill-other"],
    );
  },
);
