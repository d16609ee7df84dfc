// A runner that is killed at any of the places where that matters: another one finishes, and
// nobody can tell, but for the one SMTP transaction that was in flight.
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { type Failpoint, failpoints } from "../../src/base/failpoint.ts";
import { type CountingSink, countingSink } from "./countingsink.ts";
import { idOf, Mill } from "./mill.ts";

const members = Array.from(
  { length: 10 },
  (_, at) => `m${at}@x${at % 3}.example`,
);
const reader = "reader@x.example";
const posts = ["<piped@home.example>", "<dropped@home.example>"];
const most = 2;
const site = (connections: number) =>
  `[outbound]\nrate = 0\nportion = 4\nrecipients = ${most}\nconnections = ${connections}\n`;
// Two posts make an issue; the alarm that the first one sets is for next year.
const settings = '[digest]\nposts = 2\nage = "365d"\n';

/** Passages at which to die, as far as there are so many. */
const passages = [1, 4, 12];

t.setTimeout(900_000);
const folder = t.testdir();
const template = join(folder, "template");

t.before(async () => {
  const [author = ""] = members;
  const mill = await Mill.make(template, {
    smtp: "smtp://127.0.0.1:1",
    members,
    digestReaders: [reader],
    list: settings,
  });
  await mill.receive("piped", author);
  mill.drop("dropped", author);
});

/** A copy of the home with its two messages, and a relay of its own. */
async function fresh(
  name: string,
  connections: number,
): Promise<{ mill: Mill; sink: CountingSink }> {
  const home = join(folder, name);
  cpSync(template, home, { recursive: true });
  const sink = await countingSink();
  const mill = Mill.at(home);
  mill.settle(site(connections), sink.url);
  return { mill, sink };
}

/** What was taken from the mill by now and no progress file knows of: it comes once more. */
function unnoted(mill: Mill, sink: CountingSink): string[] {
  const taken = sink.counts();
  const found: string[] = [];
  for (const entry of mill.entries("outbound")) {
    if (!existsSync(join(entry, "message")) || existsSync(join(entry, "out")))
      continue;
    const message = idOf(readFileSync(join(entry, "message"), "utf8"));
    for (const { address, kind } of mill.recipients(entry)) {
      const key = `${message} ${address}`;
      if (kind !== "sent" && kind !== "never" && taken.has(key))
        found.push(key);
    }
  }
  return found;
}

/** Whether all is as if nobody had died. */
async function finished(
  t: Test,
  mill: Mill,
  sink: CountingSink,
  doubles: ReadonlyMap<string, number>,
): Promise<void> {
  const counts = sink.counts();
  const issues = [...counts.keys()].filter((key) => key.endsWith(` ${reader}`));
  const expected = [
    ...posts.flatMap((post) => members.map((member) => `${post} ${member}`)),
    ...issues,
  ];
  t.equal(issues.length, 1, "one issue of the digest");
  t.strictSame(
    [...counts].sort(),
    expected.map((key) => [key, doubles.get(key) ?? 1]).sort(),
    "each recipient once, but for the transaction in flight",
  );
  const issue = sink.taken.find(({ recipients }) =>
    recipients.includes(reader),
  );
  for (const post of posts)
    t.equal(
      issue?.text.split(`Message-ID: ${post}`).length,
      2,
      `${post} is in the issue once`,
    );
  const archive = mill.archived();
  t.strictSame([...archive.keys()].sort(), [1, 2], "numbers without gaps");
  t.strictSame([...archive.values()].sort(), [...posts].sort());
  t.strictSame(mill.shelved(), [1, 2], "and in the folder of the month");
  t.strictSame(mill.left(), [], "nothing is left in the spool");
  const alarms = mill.calendar();
  t.ok(alarms.length <= 1, "one alarm at most");
}

interface Death {
  readonly at: Failpoint;
  readonly passage: number;
  /** Entries of a queue at once, and connections. */
  readonly jobs: number;
  /** How many runners die there, one after another. */
  readonly deaths: number;
}

/** @returns false where no runner comes to that passage */
async function dies(
  t: Test,
  { at, passage, jobs, deaths }: Death,
): Promise<boolean> {
  const name = `${at} ${passage}, ${jobs} at once, ${deaths} dead`;
  const { mill, sink } = await fresh(name.replaceAll(/\W+/g, "."), jobs);
  t.teardown(() => sink.close());
  const run = ["run", "--until-empty", "--jobs", String(jobs)];
  let died = 0;
  for (; died < deaths; died += 1) {
    const { signal, log } = await mill.start(run, `${at}:${passage}`).ended;
    // A passage that is not come to again, or not at all, is no death.
    if (signal === null && died + passage > 1) break;
    if (signal !== "SIGKILL")
      t.fail(`${name}: it ended with ${signal}\n${log}`);
    await sink.quiet();
  }
  if (died === 0) return false;
  const again = unnoted(mill, sink);
  const counts = sink.counts();
  for (const key of again) counts.set(key, (counts.get(key) ?? 0) + 1);
  const doubles = [...counts.values()].reduce((sum, it) => sum + it - 1, 0);
  t.ok(doubles <= died * jobs * most, `${doubles} doubles, ${died} deaths`);
  if (jobs === 1 && at === "transaction-sent")
    t.ok(doubles > 0, "its transaction was not noted");
  if (jobs === 1 && at === "transaction-noted") t.equal(doubles, 0);
  await t.test(name, async (t) => {
    await mill.finish();
    await finished(t, mill, sink, counts);
  });
  return true;
}

t.test("without a death", async (t) => {
  const { mill, sink } = await fresh("calm", 4);
  t.teardown(() => sink.close());
  await mill.finish();
  await finished(t, mill, sink, new Map());
  const shown: unknown[] = JSON.parse(await mill.tell(["queue", "--json"]));
  t.equal(shown.length, mill.calendar().length, "nor does the queue show any");
});

t.test("killed at", (t) => {
  t.jobs = 2;
  for (const at of failpoints)
    t.test(at, { buffered: true, timeout: 900_000 }, async (t) => {
      await dies(t, { at, passage: 1, jobs: 4, deaths: 2 });
      for (const passage of passages)
        if (!(await dies(t, { at, passage, jobs: 1, deaths: 1 }))) break;
    });
  t.end();
});
