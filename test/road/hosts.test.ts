// Two hosts on one home: with the state in PostgreSQL both serve it, with SQLite the second is
// refused; and when the database is away for a while mail waits, and nobody is left out.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Databases } from "./databases.ts";
import { list, Mill, type Process, until } from "./mill.ts";
import { needServers } from "./servers.ts";
import { type Sink, startSink } from "./sink.ts";

t.setTimeout(300_000);

const members = Array.from({ length: 30 }, (_, at) => `m${at}@x.example`);
const [author = ""] = members;
/** Too long to stand in its return path. */
const long = "somebody.with.a.long.name@mail.department.example.org";

function on(host: string): Record<string, string> {
  return { LISTMILL_MACHINE: host };
}

function run(mill: Mill, host: string): Process {
  return mill.start(["run"], "", "", host, on(host));
}

async function stop(t: Test, ...runners: readonly Process[]): Promise<void> {
  for (const { child, ended } of runners) {
    child.kill("SIGTERM");
    const { code, log } = await ended;
    t.equal(code, 0, log);
  }
}

/** Each of them has it once. */
function once(t: Test, sink: Sink, post: string): void {
  const wanted = [...members, long].map((one) => [one, 1]);
  t.same(Object.fromEntries(sink.counts(post)), Object.fromEntries(wanted));
}

async function home(t: Test, databases: Databases, sink: Sink): Promise<Mill> {
  const dir = t.testdir();
  const database = databases.make();
  const state = `[state]\nurl = "${databases.url(database)}"\ntimeout = "2s"\n`;
  writeFileSync(join(dir, "listmill.toml"), state);
  return Mill.make(dir, {
    smtp: sink.url,
    members: [...members, long],
    site: `${state}[retry]\nfirst = "1s"\nmost = "1s"\n[runner]\nscan = "1s"\n[outbound]\nrate = 0\nportion = 5\n`,
    list: 'verp = "always"\n[digest]\nenabled = false\n',
  });
}

t.test("with SQLite the second host is refused", async (t) => {
  const mill = await Mill.make(t.testdir(), {
    smtp: "smtp://127.0.0.1:9",
    members,
  });
  const args = ["member", "list", list];
  const refused = await mill.start(args, "", "", "other", on("other")).ended;
  t.equal(refused.code, 78);
  t.match(refused.log, /SQLite serves one host only.*postgres:\/\//);
  const checked = await mill.start(["check"], "", "", "other", on("other"))
    .ended;
  t.equal(checked.code, 78);
  t.match(
    checked.output,
    /error: .*\/state: the state of this home is that of the host/,
  );
  mill.drop("kept", author);
  const runner = await mill.start(
    ["run", "--until-empty"],
    "",
    "",
    "other",
    on("other"),
  ).ended;
  t.equal(runner.code, 78);
  t.match(runner.log, /SQLite serves one host only/);
  t.not(mill.left().length, 0, "mail waits");
});

if (needServers(t, "postgres")) road(await Databases.start(t));

function road(databases: Databases): void {
  t.test("two hosts deliver each post once", async (t) => {
    const sink = await startSink(t);
    const mill = await home(t, databases, sink);
    const runners = [run(mill, "one"), run(mill, "two")];
    const posts = Array.from({ length: 20 }, (_, at) => `p${at}`);
    for (const post of posts) mill.drop(post, author);
    await until(
      () => mill.busy() === 0,
      () =>
        `the spool to be empty\n${runners.map((it) => it.log().slice(-1500)).join("")}`,
    );
    await stop(t, ...runners);
    for (const { log } of runners)
      t.match(log(), /stopped after [1-9]\d* entries/, "each did some");
    for (const post of posts) once(t, sink, `<${post}@home.example>`);
    const paths = sink.taken
      .filter(({ recipients }) => recipients.includes(long))
      .map(({ sender }) => sender);
    t.equal(paths.length, posts.length);
    for (const [at, path] of [...new Set(paths)].entries()) {
      const host = at % 2 ? "one" : "two";
      const read = await mill.start(
        ["keys", "read", path],
        "",
        "",
        host,
        on(host),
      ).ended;
      t.match(read.output, long, "numbers are the same on all hosts");
    }
    const counted = await mill.start(
      ["hooks", "--stats"],
      "",
      "",
      "two",
      on("two"),
    ).ended;
    t.match(counted.output, "posts/30-recipients/10-members");
  });

  t.test("while the database is away mail waits", async (t) => {
    const sink = await startSink(t);
    const mill = await home(t, databases, sink);
    const runner = run(mill, "one");
    mill.drop("before", author);
    await until(
      () => mill.busy() === 0,
      () => `the first post to be through\n${runner.log().slice(-1500)}`,
    );
    databases.stop();
    mill.drop("during", author);
    await until(
      () => /waits .*\[state\] postgres:/.test(runner.log()),
      () => `the second post to wait\n${runner.log().slice(-1500)}`,
    );
    const told = await mill.start(["member", "list", list]).ended;
    t.equal(told.code, 75);
    t.match(told.log, /^listmill: \[state\] postgres:\/\/postgres@127/);
    t.equal(sink.counts("<during@home.example>").size, 0);
    databases.boot();
    await until(
      () => mill.busy() === 0,
      () => `the second post to be through\n${runner.log().slice(-1500)}`,
    );
    await stop(t, runner);
    once(t, sink, "<before@home.example>");
    once(t, sink, "<during@home.example>");
  });

  t.test("a home moves to PostgreSQL and back", async (t) => {
    const mill = await Mill.make(t.testdir(), {
      smtp: "smtp://127.0.0.1:9",
      members,
    });
    const told = async (args: readonly string[], code = 0) => {
      const ended = await mill.start([...args, "--json"]).ended;
      t.equal(ended.code, code, ended.log);
      return ended.output === "" ? ended.log : JSON.parse(ended.output);
    };
    const rows = { members: 30, suppressed: 0, sizes: 0, numbers: 0 };
    const path = join(mill.home, "state/listmill.db");
    t.match(await told(["state"]), { kind: "sqlite", where: path, rows });
    const url = databases.url(databases.make());
    t.match(await told(["state", "copy"], 64), /which database\?/);
    for (const bad of [url.replace("@", ":secret@"), "sqlite", "mysql://a@b/c"])
      t.match(await told(["state", "copy", bad], 64), /without a password/);

    mill.settle(`[state]\nurl = "${url}"\n`, "smtp://127.0.0.1:9");
    t.match(await told(["state"], 75), /has no tables of listmill yet/);
    t.match(await told(["check"], 78), [
      { level: "error", what: /no tables of listmill yet.*state copy/ },
    ]);
    await mill.tell(["init"]);
    t.match(await told(["check"]), [
      { level: "warning", what: /has members, and postgres:.* has none: copy/ },
    ]);
    t.match(await told(["state", "copy"]), { from: path, to: url, rows });
    t.match(await told(["state"]), { kind: "postgres", where: url, rows });
    t.notMatch(await told(["check"]), [{ what: /state/ }]);
    t.match(await told(["state", "copy"], 73), /has rows already, of members/);

    await mill.tell(["member", "add", list, "new@x.example"]);
    rmSync(path);
    await mill.tell(["state", "copy", "--back"]);
    mill.settle("", "smtp://127.0.0.1:9");
    t.match(await told(["state"]), { rows: { members: 31 } });
    t.match(
      await mill.tell(["state"]),
      /^where +.*listmill\.db\nversion +\d+\n/,
    );
  });
}
