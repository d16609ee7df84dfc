// Digests by real executables on a real spool: an issue at its time, whole and in parts, to who has it when.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { simpleParser } from "mailparser";
import t from "tap";
import { readEnvelope } from "../../src/spool/envelope.ts";
import { countingSink } from "./countingsink.ts";
import { list, Mill } from "./mill.ts";

const single = "single@x.example";
const [mime, plain, to, from, gone] = [
  "mime@x.example",
  "plain@x.example",
  "to@x.example",
  "from@x.example",
  "gone@x.example",
] as const;

t.setTimeout(180_000);

t.test("an issue at a time, and who changes over before it", async (t) => {
  const sink = await countingSink();
  t.teardown(() => sink.close());
  const mill = await Mill.make(t.testdir(), {
    smtp: sink.url,
    members: [single, to],
    digestReaders: [mime, from, gone],
    site: "[outbound]\nrate = 0\n",
    // A time that is far off: 29 February.
    list: '[digest]\nat = "0 8 29 2 *"\ntimezone = "UTC"\nvolume = "monthly"\n',
  });
  const member = (...args: string[]) => mill.tell(["member", ...args]);
  await member("add", list, "--digest-plain", plain);
  for (const id of ["one", "two"]) await mill.receive(id, single);
  await mill.finish();
  const [alarm, ...more] = mill.calendar();
  t.same(more, [], "one alarm");
  const read = readEnvelope(mill.spool(String(alarm)));
  const { extension = "" } = read.kind === "envelope" ? read.envelope : {};
  const [, second] = /^digest-issue-1-(\d+)$/.exec(extension) ?? [];
  t.match(
    new Date(Number(second) * 1000).toISOString(),
    /^20\d\d-02-29T08:00:00\.000Z$/,
  );
  await member("add", list, "--digest", to);
  await member("add", list, "--posts", from);
  await member("remove", list, gone);
  await mill.receive("three", single);
  await mill.finish();
  t.equal(mill.calendar().length, 1);
  const singly = (address: string) =>
    [...sink.counts()]
      .filter(([key]) => key.endsWith(` ${address}`))
      .map(([key, count]) => `${/<(\w+)@/.exec(key)?.[1]} ${count}`)
      .sort();
  t.same(singly(single), ["one 1", "three 1", "two 1"]);
  t.same(singly(to), ["one 1", "two 1"]);
  t.same(singly(from), ["three 1"]);
  t.match(
    await mill.tell(["digest", "list", list]),
    /^3 posts wait for the n/m,
  );
  const before = sink.taken.length;
  await mill.tell(["digest", "issue", list]);
  await mill.finish();
  const issues = sink.taken.slice(before);
  t.equal(issues.length, 4, "two whole ones, two parts");
  const got = new Map<string, string>();
  for (const { recipients, text } of issues) {
    const { subject, text: page = "", attachments } = await simpleParser(text);
    t.equal(subject, "dev Digest, Vol 1, Issue 1");
    t.match(text, /^List-Id: <dev\.lists\.example\.org>$/m);
    const all = page + attachments.map(({ content }) => content).join("");
    const posts = [...all.matchAll(/This is post (\w+)\./g)].map(
      ([, id]) => id,
    );
    for (const address of recipients) {
      t.notOk(got.has(address), `${address} gets one`);
      const form = attachments.length > 0 ? "mime" : "plain";
      got.set(address, `${form} ${posts.sort().join(" ")}`);
    }
  }
  t.same(Object.fromEntries(got), {
    [mime]: "mime one three two",
    [plain]: "plain one three two",
    [to]: "mime three",
    [from]: "mime one two",
  });
  t.equal(new Set(issues.map(({ message }) => message)).size, 4);
  // The next one begins with a post of its own, and the old alarm is of no use.
  await mill.receive("four", single);
  await mill.finish();
  t.equal(mill.calendar().length, 2);
  await mill.tell(["digest", "volume", list]);
  await mill.tell(["digest", "issue", list]);
  await mill.finish();
  const [, next] = JSON.parse(
    await mill.tell(["--json", "digest", "list", list]),
  );
  t.match(next, { number: 2, volume: 2, issue: 1, posts: 1 });
  const last = sink.taken.filter(({ text }) => /Vol 2, Issue 1/.test(text));
  t.same(last.map(({ recipients }) => [...recipients].sort()).sort(), [
    [mime, to],
    [plain],
  ]);
  const again = await mill.tell(["digest", "show", list, "1", "--mime"]);
  const { attachments } = await simpleParser(again);
  const folder = join(mill.home, "archive", list, "digest", "posts", "0");
  const kept = readdirSync(folder)
    .sort()
    .slice(0, 3)
    .map((name) => readFileSync(join(folder, name), "utf8"));
  t.same(
    attachments.map(({ content }) => String(content).trimEnd()),
    kept.map((text) => text.slice(text.indexOf("\n") + 1).trimEnd()),
  );
});
