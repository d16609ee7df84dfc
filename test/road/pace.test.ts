// How fast mail leaves a real runner: a rate that is changed meanwhile, a relay that is away, a limit for
// one domain, a limit that two runners share, and posts that wait for their time.
import t, { type Test } from "tap";
import { scripted } from "../outbound/scripted.ts";
import { type CountingSink, countingSink } from "./countingsink.ts";
import { list, Mill, type Process, until } from "./mill.ts";

const members = Array.from({ length: 60 }, (_, at) => `m${at}@x.example`);
const author = "author@z.example";
const own = 'policy = "open"\narchive = false\n[digest]\nenabled = false\n';

t.setTimeout(300_000);
// Some wait for most of their time, and do so together.
t.jobs = 2;

async function home(t: Test, site: string, url: string, settings = own) {
  const mill = await Mill.make(t.testdir(), {
    smtp: url,
    members,
    site: `[runner]\nscan = "1s"\n[outbound]\n${site}\n`,
    list: settings,
  });
  const start = (): Process => {
    const run = mill.start(["run"]);
    t.teardown(async () => {
      run.child.kill("SIGKILL");
      await run.ended;
    });
    return run;
  };
  return { mill, start };
}

const served = ({ taken }: CountingSink) =>
  taken.reduce((sum, { recipients }) => sum + recipients.length, 0);

async function sinkOf(t: Test): Promise<CountingSink> {
  const sink = await countingSink();
  t.teardown(() => sink.close());
  return sink;
}

t.test("a rate that is ordered holds at once, and is taken back", async (t) => {
  const sink = await sinkOf(t);
  const { mill, start } = await home(t, "rate = 30", sink.url);
  await mill.receive("slow", author);
  const run = start();
  await until(
    () => served(sink) > 0,
    () => "the first to be out",
  );
  const told = await mill.tell(["rate", "outbound", "0"]);
  t.match(
    told,
    /outbound: no limit of a runner; runners follow within 1 second/,
  );
  await until(
    () => served(sink) === members.length,
    () => "all to be out",
  );
  t.match(run.log(), /outbound: no limit, as ordered/);
  const [row] = JSON.parse(await mill.tell(["rate", "--json"]));
  t.match(row, { queue: "outbound", rate: 0, settings: 30, ordered: 0 });
  await mill.tell(["rate", "outbound", "default"]);
  await until(
    () => /outbound: 30 messages a minute, as the settings say/.test(run.log()),
    () => "the runner to follow",
  );
});

t.test(
  "a relay that is away costs a connection an interval, however much waits",
  async (t) => {
    const script = { greeting: "421 4.3.2 not now" };
    const relay = await scripted(script);
    t.teardown(() => relay.close());
    const { mill, start } = await home(t, "rate = 0\nportion = 2", relay.url);
    for (const id of ["one", "two", "three"]) await mill.receive(id, author);
    const run = start();
    await until(
      () => /no relay at/.test(run.log()),
      () => "it to be missed",
    );
    const spread = () => mill.entries("outbound").length;
    await until(
      () => spread() > 10,
      () => "the posts to be cut up or to wait",
    );
    t.equal(relay.connections, 1);
    t.match(
      run.log(),
      /421 4\.3\.2 not now; the next connection is tried in 1\d seconds/,
    );
    script.greeting = "220 here again";
    await until(
      () => relay.messages.length >= 3 && mill.entries("outbound").length < 3,
      () =>
        `all that was not tried to be out: ${mill.entries("outbound").length} left`,
    );
    t.match(run.log(), /is back/);
    const waiting = mill.entries("outbound");
    t.ok(waiting.length <= 1, "what had been tried waits for its second try");
    t.equal(
      run.log().split("relay: no relay at").length - 1,
      1,
      "it is told once",
    );
  },
);

t.test("mail to a slow domain waits, the others go", async (t) => {
  const sink = await sinkOf(t);
  const limits = 'rate = 0\n[outbound.domains."slow.example"]\nrate = 6';
  const { mill, start } = await home(t, limits, sink.url);
  const slow = ["a", "b", "c"].map((name) => `${name}@slow.example`);
  await mill.tell(["member", "add", list, ...slow]);
  await mill.receive("mixed", author);
  start();
  await until(
    () => served(sink) >= members.length + 1,
    () => "the others to be out",
  );
  const got = sink.taken.flatMap(({ recipients }) => recipients);
  t.equal(got.filter((it) => it.endsWith("@slow.example")).length, 1);
  t.equal(got.length, members.length + 1);
});

t.test("two runners share a rate", async (t) => {
  const sink = await sinkOf(t);
  const { mill, start } = await home(
    t,
    "rate = 0\nshared_rate = 600\nportion = 5",
    sink.url,
  );
  for (let at = 0; at < 5; at += 1) await mill.receive(`p${at}`, author);
  start();
  start();
  const since = (at: number) => at - (sink.taken[0]?.at ?? at);
  await until(
    () => sink.taken.some(({ at }) => since(at) > 5000),
    () => "mail after five seconds",
  );
  const within = (milliseconds: number) =>
    sink.taken
      .filter(({ at }) => since(at) <= milliseconds)
      .reduce((sum, { recipients }) => sum + recipients.length, 0);
  // Before both knew of each other it may be a share more.
  t.ok(
    within(5000) <= 50 * 1.5 + 10,
    `${within(5000)} in five seconds, 50 allowed`,
  );
});

t.test(
  "a list with a cadence keeps its posts back, and says until when",
  async (t) => {
    const sink = await sinkOf(t);
    const { mill } = await home(
      t,
      "rate = 0",
      sink.url,
      `cadence = "30m"\n${own}`,
    );
    await mill.receive("later", author);
    await mill.tell(["run", "--until-empty"]);
    t.equal(served(sink), 0);
    const [row] = JSON.parse(await mill.tell(["queue", "--json"]));
    t.equal(row.queue, "outbound");
    t.ok(Date.parse(`${row.next}Z`) > Date.now() + 25 * 60_000, row.next);
    await mill.tell(["queue", "retry", row.entry]);
    await mill.tell(["run", "--until-empty"]);
    t.equal(served(sink), members.length);
  },
);
