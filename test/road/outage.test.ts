// A list whose recipients a database names, which is then stopped: what the settings say of old
// answers holds for posts that a real runner sends on.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { list, Mill, post } from "./mill.ts";
import { freePort, needServers, Servers } from "./servers.ts";
import { startSink } from "./sink.ts";

t.setTimeout(120_000);

t.test("a database that is down for a while", async (t) => {
  if (!needServers(t, "postgres")) return;
  const servers = new Servers(t);
  const sink = await startSink(t);
  const port = await freePort();
  const dir = join(servers.dir, "pg");
  const start = () =>
    servers.bash('start_postgres "$1" "$2"', [dir, String(port)]);
  start();
  const section = (more: string) => `policy = "open"
[sql]
url = "postgres://postgres@127.0.0.1:${port}/test"
query = "SELECT 'u' || n || '@box.test' FROM generate_series(1, 3000) n WHERE :list = '${list}'"
timeout = "5s"
${more}`;
  const make = (name: string, more: string) =>
    Mill.make(t.testdir({ [name]: {} }), {
      smtp: sink.url,
      site: "[outbound]\nrate = 0\n",
      members: ["anna@box.test"],
      list: section(more),
    });
  const careful = await make("careful", 'stale = "1d"');
  const answers = () => join(careful.home, "state/sources", list);

  await t.test("a dry run leaves no answer behind", async (t) => {
    const said = await careful.tell(
      ["hooks", "try", "posts/30-recipients/30-sql", "--list", list],
      post("none", "anna@box.test"),
    );
    t.match(said, "gives 3000 addresses");
    t.notOk(existsSync(answers()));
  });

  await t.test("with stale a post goes to those of last time", async (t) => {
    await careful.receive("one", "anna@box.test");
    await careful.finish();
    t.equal(sink.counts("post one").size, 3001);
    t.equal(readdirSync(answers()).length, 1);
    servers.stop(dir);
    await careful.receive("two", "anna@box.test");
    const log = await careful.finish();
    t.match(
      log,
      /30-sql.*\[sql\] postgres:.*ECONNREFUSED.*; its answer of \d+ seconds ago is taken/,
    );
    const counts = sink.counts("post two");
    t.equal(counts.size, 3001);
    t.ok([...counts.values()].every((n) => n === 1));
  });

  await t.test("without it the post waits, and reaches all", async (t) => {
    const strict = await make("strict", "");
    await strict.receive("three", "anna@box.test");
    const run = await strict.start(["run", "--until-empty"]).ended;
    t.match(run.log, /posts.*waits.*\[sql\] postgres:.*ECONNREFUSED/);
    t.equal(sink.counts("post three").size, 0);
    t.notOk(existsSync(join(strict.home, "state/sources")));
    start();
    const [entry] = JSON.parse(await strict.tell(["queue", "--json"]));
    await strict.tell(["queue", "retry", entry.entry]);
    await strict.finish();
    t.equal(sink.counts("post three").size, 3001);
  });
});
