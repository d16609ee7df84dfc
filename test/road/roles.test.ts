// Hosts with parts of their own on one home: each does its part and nothing else, and one that is
// drained takes nothing until it is resumed.
import t from "tap";
import { countingSink } from "./countingsink.ts";
import { list, Mill, type Process, until } from "./mill.ts";

t.setTimeout(120_000);

const members = ["m1@x.example", "m2@x.example"];
const [author = ""] = members;
const other = "other@elsewhere.example";
const site = `\
[runner]
scan = "200ms"
[node.front]
queues = ["incoming", "posts", "outbound"]
lists = ["@lists.example.org"]
jobs = 2
[node.store]
queues = ["archive", "digest", "owner", "events"]
[outbound]
rate = 0
`;

/** The queues that a log tells of entries. */
function queuesIn(log: string): string[] {
  const found = log.matchAll(/Z ([a-z]+)\/[0-9a-z-]{20,}: /g);
  return [...new Set([...found].map(([, queue = ""]) => queue))].sort();
}

async function stopped(runner: Process) {
  runner.child.kill("SIGTERM");
  return runner.ended;
}

t.test("each host does its part", async (t) => {
  const sink = await countingSink();
  t.teardown(() => sink.close());
  const mill = await Mill.make(t.testdir(), {
    ...{ smtp: sink.url, members, site },
    list: "[digest]\nenabled = false\n",
  });
  await mill.tell(["list", "create", other]);
  await mill.tell(["member", "add", other, ...members]);
  const front = mill.start(["run"], "", "", "front");
  const store = mill.start(["run"], "", "", "store");
  t.teardown(() => front.child.kill("SIGKILL"));
  t.teardown(() => store.child.kill("SIGKILL"));
  for (let at = 0; at < 20; at += 1) mill.drop(`p${at}`, author);
  await mill.tell(
    ["receive", "--sender", author, other],
    `From: ${author}\nSubject: x\n\nx\n`,
  );
  await until(
    () => sink.taken.length === 20 && mill.busy() === 1,
    () => `20 posts to leave; left: ${mill.left()}\n${front.log()}`,
  );
  t.strictSame(mill.shelved().length, 20);
  t.ok(
    mill.left().some((path) => path.startsWith("posts/new/")),
    "no host is for the other list",
  );
  const rows = JSON.parse(await mill.tell(["nodes", "--json"]));
  t.match(rows, [
    { host: "front", state: "lives", runs: ["incoming", "posts", "outbound"] },
    { host: "store", state: "lives", runs: ["archive", "digest", "owner"] },
  ]);

  await mill.tell(["nodes", "drain", "front"]);
  await until(
    () => /front is drained/.test(front.log()),
    () => `front to be drained\n${front.log()}`,
  );
  t.match(await mill.tell(["nodes"]), /^front\.\S+ +drained /m);
  mill.drop("late", author);
  await mill.tell(["run", "owner", "--until-empty"]);
  t.equal(sink.taken.length, 20, "it waits");
  await mill.tell(["nodes", "resume", "front"]);
  await until(
    () => sink.taken.length === 21,
    () => `the late post\n${front.log()}`,
  );
  await until(
    () => mill.shelved().length === 21,
    () => `the late post in the archive\n${store.log()}`,
  );
  const ends = await Promise.all([front, store].map(stopped));
  t.strictSame(
    ends.map(({ code }) => code),
    [0, 0],
  );
  t.strictSame(queuesIn(ends[0]?.log ?? ""), ["incoming", "outbound", "posts"]);
  t.strictSame(queuesIn(ends[1]?.log ?? ""), ["archive", "events"]);
  t.equal(
    await mill.tell(["nodes"]).then((text) => text.split("\n")[0]),
    "no runner lives",
  );
  t.ok(list.endsWith("@lists.example.org"));
});
