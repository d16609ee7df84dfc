// Several runners on one home: each message once, whoever is killed, stopped or late meanwhile.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { type CountingSink, countingSink } from "./countingsink.ts";
import { type Ended, Mill, names, type Process, until } from "./mill.ts";

t.setTimeout(300_000);

const members = Array.from({ length: 10 }, (_, at) => `m${at}@x.example`);
const [author = ""] = members;
const most = 4;
const jobs = 4;
const quick = `\
[runner]
jobs = ${jobs}
scan = "1s"
[outbound]
rate = 0
portion = 5
recipients = ${most}
`;
const plain = "[digest]\nenabled = false\n";

/** Brings posts by the Maildir, as fast as files are made. */
function bring(mill: Mill, count: number): string[] {
  const ids = Array.from({ length: count }, (_, at) => `p${at}`);
  for (const id of ids) mill.drop(id, author);
  return ids.map((id) => `<${id}@home.example>`);
}

/** Recipients who lack a post, and how many deliveries came more than once. */
function account(
  sink: CountingSink,
  posts: readonly string[],
): { lost: string[]; doubles: number } {
  const counts = sink.counts();
  const expected = posts.flatMap((post) =>
    members.map((member) => `${post} ${member}`),
  );
  const lost = expected.filter((key) => !counts.delete(key));
  const total = sink.taken.reduce((sum, it) => sum + it.recipients.length, 0);
  const strange = [...counts.keys()];
  return {
    lost: [...lost, ...strange.map((key) => `unexpected ${key}`)],
    doubles: total - expected.length + lost.length,
  };
}

function archivedOnce(t: Test, mill: Mill, posts: readonly string[]): void {
  const archive = mill.archived();
  const numbers = posts.map((_, at) => at + 1);
  t.strictSame(
    [...archive.keys()].sort((a, b) => a - b),
    numbers,
  );
  t.strictSame([...archive.values()].sort(), [...posts].sort());
  t.strictSame(mill.shelved(), numbers);
}

async function stopped(runner: Process): Promise<Ended> {
  runner.child.kill("SIGTERM");
  return runner.ended;
}

t.test("two runners share 120 posts, and each goes out once", async (t) => {
  const sink = await countingSink();
  t.teardown(() => sink.close());
  const mill = await Mill.make(t.testdir(), {
    ...{ smtp: sink.url, members, site: quick, list: plain },
  });
  const posts = bring(mill, 120);
  const runners = [mill.start(["run"]), mill.start(["run"])];
  await until(
    () => mill.busy() === 0,
    () => `the spool to be empty\n${runners[0]?.log().slice(-5000)}`,
    200,
  );
  const ends = await Promise.all(runners.map(stopped));
  for (const { code, log } of ends) {
    t.equal(code, 0);
    t.match(log, /stopped after [1-9]\d+ entries/, "each did some");
  }
  t.strictSame(account(sink, posts), { lost: [], doubles: 0 });
  archivedOnce(t, mill, posts);
  t.strictSame(mill.left(), []);
});

t.test("one of two is killed again and again", async (t) => {
  const sink = await countingSink();
  t.teardown(() => sink.close());
  const mill = await Mill.make(t.testdir(), {
    ...{ smtp: sink.url, members, site: quick, list: plain },
  });
  const posts = bring(mill, 120);
  const steady = mill.start(["run"]);
  let kills = 0;
  while (
    mill.entries("incoming").length > 0 ||
    mill.entries("posts").length > 0
  ) {
    const victim = mill.start(["run"]);
    await until(
      () =>
        victim.log().split("exploded").length > 5 + kills * 2 ||
        mill.busy() === 0,
      () => `some work of the victim\n${victim.log()}`,
    );
    victim.child.kill("SIGKILL");
    await victim.ended;
    kills += 1;
  }
  t.equal((await stopped(steady)).code, 0);
  await mill.finish();
  const { lost, doubles } = account(sink, posts);
  t.comment(`${kills} kills, ${doubles} doubles`);
  t.ok(kills >= 2, "it was killed more than once");
  t.strictSame(lost, []);
  t.ok(doubles <= kills * jobs * most, `${doubles} doubles`);
  archivedOnce(t, mill, posts);
  t.strictSame(mill.left(), []);
});

// From here on most of the time is waited, and two wait together.
t.jobs = 2;

const paced = `\
[runner]
scan = "1s"
[node]
renew = "1s"
stale = "10s"
[outbound]
rate = 60
`;
const many = Array.from({ length: 10 }, (_, at) => `m${at}@x.example`);

/** Recipients that progress files say are served. */
function noted(mill: Mill): string[] {
  return mill
    .entries("outbound")
    .flatMap((entry) => mill.recipients(entry))
    .filter(({ kind }) => kind === "sent")
    .map(({ address }) => address);
}

const served = (sink: CountingSink) =>
  sink.taken.flatMap(({ recipients }) => recipients);

t.test("SIGTERM in a paced delivery", async (t) => {
  const sink = await countingSink();
  t.teardown(() => sink.close());
  const mill = await Mill.make(t.testdir(), {
    ...{ smtp: sink.url, members: many, site: paced, list: plain },
  });
  mill.drop("paced", author);
  const first = mill.start(["run"]);
  await until(
    () => sink.taken.length >= 4,
    () => `four transactions\n${first.log()}`,
  );
  const asked = Date.now();
  const { code, log } = await stopped(first);
  t.ok(Date.now() - asked < 2500, "it stops soon");
  t.equal(code, 0);
  t.match(log, /left for the next runner/);
  t.strictSame(
    noted(mill).sort(),
    served(sink).sort(),
    "what was sent is noted",
  );
  const before = sink.taken.length;
  t.ok(before < many.length, "in the middle");
  await mill.finish();
  t.strictSame(
    served(sink).sort(),
    [...many].sort(),
    "the rest, and only that",
  );
  // A busy machine is late with one and on time with the next: four in a row tell a burst.
  const times = sink.taken.map(({ at }) => at);
  const spans = times.slice(3).map((at, first) => at - (times[first] ?? 0));
  t.ok(
    Math.min(...spans) >= 2000,
    `four take three seconds, also over the restart: ${spans}`,
  );
  t.strictSame(mill.left(), []);
});

t.test("a runner that slept through its lease in a delivery", async (t) => {
  const sink = await countingSink();
  t.teardown(() => sink.close());
  const mill = await Mill.make(t.testdir(), {
    ...{ smtp: sink.url, members: many, site: paced, list: plain },
  });
  mill.drop("slept", author);
  const sleeper = mill.start(["run"]);
  t.teardown(() => sleeper.child.kill("SIGKILL"));
  // Between two transactions: what was sent is noted, the next is a second away.
  await until(
    () => sink.taken.length === 3 && noted(mill).length === 3,
    () => `three transactions\n${sleeper.log()}`,
  );
  sleeper.child.kill("SIGSTOP");
  const other = mill.start(["run"]);
  await until(
    () => /taken over/.test(other.log()) && sink.taken.length >= 6,
    () => `the other to take over\n${other.log()}`,
  );
  sleeper.child.kill("SIGCONT");
  await until(
    () => /begins anew/.test(sleeper.log()),
    () => `the sleeper to begin anew\n${sleeper.log()}`,
  );
  t.match(sleeper.log(), /dropped: .*taken over by another node/);
  t.match(sleeper.log(), /the lease is lost: not renewed for \d+ s/);
  await until(
    () => sink.taken.length >= 10 && mill.busy() === 0,
    () => `the rest\n${other.log()}`,
  );
  for (const one of [other, sleeper]) t.equal((await stopped(one)).code, 0);
  t.strictSame(served(sink).sort(), [...many].sort(), "none twice");
  t.strictSame(mill.left(), []);
  t.strictSame(names(mill.spool("nodes")), []);
});

t.test("a runner that slept through its lease at work on many", async (t) => {
  const sink = await countingSink();
  t.teardown(() => sink.close());
  const mill = await Mill.make(t.testdir(), {
    smtp: sink.url,
    members,
    site: `[node]\nrenew = "1s"\nstale = "10s"\n${quick}`,
    list: plain,
  });
  const posts = bring(mill, 100);
  const sleeper = mill.start(["run"]);
  t.teardown(() => sleeper.child.kill("SIGKILL"));
  await until(
    () => sink.taken.length >= 30,
    () => `some work\n${sleeper.log()}`,
  );
  sleeper.child.kill("SIGSTOP");
  t.ok(mill.busy() > 0, "in the middle");
  const other = mill.start(["run"]);
  await until(
    () => mill.busy() === 0,
    () => `the other to do the rest\n${other.log()}`,
  );
  sleeper.child.kill("SIGCONT");
  await until(
    () => /begins anew/.test(sleeper.log()),
    () => `the sleeper to begin anew\n${sleeper.log()}`,
  );
  for (const one of [other, sleeper]) t.equal((await stopped(one)).code, 0);
  const { lost, doubles } = account(sink, posts);
  t.strictSame(lost, []);
  t.ok(doubles <= jobs * most, `${doubles} doubles, those in flight`);
  archivedOnce(t, mill, posts);
  t.strictSame(mill.left(), []);
});

t.test("a recipient who is refused", async (t) => {
  const [, , , refused = ""] = members;
  const reply = { said: "451 4.2.1 mailbox busy" };
  const sink = await countingSink({
    rcpt: (address) => (address === refused ? reply.said : undefined),
  });
  t.teardown(() => sink.close());
  const mill = await Mill.make(t.testdir(), {
    smtp: sink.url,
    members,
    site: `[retry]\nfirst = "1h"\n${quick}`,
    list: plain,
  });
  const run = [
    "run",
    "incoming",
    "posts",
    "outbound",
    "archive",
    "events",
    "--until-empty",
  ];

  await t.test("for now, is tried again, alone", async (t) => {
    mill.drop("busy", author);
    await mill.tell(run);
    const others = members.filter((member) => member !== refused);
    t.strictSame(served(sink).sort(), others);
    await mill.tell(run);
    t.equal(served(sink).length, others.length, "not before it is due");
    const rows: { entry: string; queue: string }[] = JSON.parse(
      await mill.tell(["queue", "outbound", "--entries", "--json"]),
    );
    t.equal(rows.length, 1);
    reply.said = "250 2.1.5 ok";
    await mill.tell(["queue", "retry", rows[0]?.entry ?? ""]);
    await mill.tell(run);
    t.strictSame(served(sink).sort(), [...members].sort(), "each once");
    t.strictSame(mill.left(), []);
  });

  await t.test("for good, is named in a report", async (t) => {
    reply.said = "550 5.1.1 no such mailbox";
    sink.taken.length = 0;
    mill.drop("gone", author);
    await mill.tell(run);
    t.equal(served(sink).length, members.length - 1);
    const reports = mill.entries("bounces");
    t.equal(reports.length, 1, "one report");
    const report = readFileSync(join(reports[0] ?? "", "message"), "utf8");
    t.strictSame(report.match(/^Final-Recipient:.*$/gim), [
      `Final-Recipient: rfc822; ${refused}`,
    ]);
    t.match(report, /^Action: failed$/m);
    t.match(report, /^Status: 5\.1\.1$/m);
    t.equal(mill.entries("outbound").length, 0, "it is not tried again");
  });
});
