import t from "tap";
import { bytes } from "../../src/base/pieces.ts";
import { claim } from "../../src/digest/issues.ts";
import type { Following } from "../../src/digest/stream.ts";
import { digest, HOUR, noon } from "./arriving.ts";

const settings = { posts: 3, age: "1h" };
const names = (found: readonly Following[]) =>
  found.map(({ recipient }) => recipient);
const both = (issue: number) => [
  `dev-digest-mime-${issue}@x.org`,
  `dev-digest-plain-${issue}@x.org`,
];
const text = async (one: Following | undefined) =>
  String(await bytes(one?.content ?? [], 100_000));
/** The alarm among what follows, there being nothing else. */
function alone(t: Tap, found: readonly Following[]): Following {
  t.equal(found.length, 1, "an alarm, and nothing else");
  const [alarm] = found;
  t.match(alarm?.recipient, /^dev-digest-issue-\d+-\d+@x\.org$/);
  return alarm ?? { recipient: "", content: [] };
}
type Tap = Pick<typeof t, "equal" | "match">;

t.test("the oldest post sets an alarm, the third makes an issue", async (t) => {
  const { arrive } = await digest(t, settings);
  const due = (noon + HOUR) / 1000;
  t.match(await arrive("aaa"), [
    { recipient: `dev-digest-issue-1-${due}@x.org`, due },
  ]);
  t.same(await arrive("bbb"), []);
  const issue = await arrive("ccc");
  t.same(names(issue), both(1));
  t.match(await text(issue[0]), /Subject: dev Digest, Vol 1, Issue 1\n/);
  const ids = await Promise.all(
    issue.map(async (one) => /^Message-ID: .*$/m.exec(await text(one))?.[0]),
  );
  t.not(ids[0], ids[1], "two messages");
});

t.test("a post that is tried again sets its alarm again", async (t) => {
  const { arrive } = await digest(t, settings);
  const first = await arrive("aaa");
  t.same(names(await arrive("aaa")), names(first));
  t.same(await arrive("bbb"), [], "and no other post does");
});

t.test("an alarm that rings too early is set again", async (t) => {
  const { arrive, ring } = await digest(t, settings);
  const alarm = alone(t, await arrive("aaa"));
  const again = await ring("ring", alarm, noon + 60_000);
  t.same(names(again), [alarm.recipient]);
  t.same(names(await ring("ring2", alarm)), both(1));
  t.same(await ring("ring3", alarm), [], "nothing waits");
});

t.test("the alarm of a post that has gone out does nothing", async (t) => {
  const { arrive, ring } = await digest(t, settings);
  const old = alone(t, await arrive("aaa"));
  await arrive("bbb");
  await arrive("ccc");
  const now = noon + 30 * 60_000;
  const fresh = alone(t, await arrive("ddd", { now }));
  t.same(await ring("ring", old), [], "it sets none either");
  t.same(names(await ring("ring2", fresh)), both(2));
});

t.test("an alarm of before they had numbers counts for all", async (t) => {
  const { arrive } = await digest(t, settings);
  await arrive("aaa");
  const old = { extension: "issue" };
  t.same(await arrive("one", { ...old, now: noon + 60_000 }), []);
  const late = { ...old, now: noon + HOUR };
  t.same(names(await arrive("two", late)), both(1));
});

t.test("an operator's wish needs no time", async (t) => {
  const { arrive } = await digest(t, settings);
  await arrive("aaa");
  const wish = { extension: "issue", byHand: true };
  t.same(names(await arrive("wish", wish)), both(1));
  t.same(names(await arrive("wish", wish)), both(1), "done again for its id");
  t.same(await arrive("other", wish), []);
});

t.test("an issue that a crash cut short is finished first", async (t) => {
  const { arrive, digestDir } = await digest(t, settings);
  await arrive("aaa");
  await claim({ digestDir, id: "bbb" }, { now: noon, volume: "never" });
  t.same(names(await arrive("bbb")), both(1));
});

t.test("issues on their way are left alone", async (t) => {
  const { arrive } = await digest(t, settings);
  for (const extension of ["mime", "plain", "mime-5", "plain-5-1.3"])
    t.same(await arrive(`x${extension.length}`, { extension }), []);
});

const morning = { at: "08:00", timezone: "Europe/Zurich" };
const eight = Date.parse("2026-03-02T07:00:00Z");

t.test("at a fixed time, whatever there is, and nothing else", async (t) => {
  const { arrive, ring } = await digest(t, morning);
  const alarm = alone(t, await arrive("post0"));
  t.equal(alarm.due, eight / 1000);
  for (let n = 1; n < 21; n += 1)
    t.same(await arrive(`post${n}`), [], "numbers do not count besides");
  const issue = await ring("ring", alarm);
  t.same(names(issue), both(1));
  t.match(await text(issue[0]), /Messages: 21\n/);
  const next = alone(t, await arrive("more", { now: eight + HOUR }));
  t.equal(next.due, (eight + 24 * HOUR) / 1000);
});

t.test("with a number that is set, both count", async (t) => {
  const { arrive } = await digest(t, { ...morning, posts: 2 });
  alone(t, await arrive("aaa"));
  t.same(names(await arrive("bbb")), both(1));
});

t.test("a runner that was away makes one issue, not many", async (t) => {
  const { arrive, ring } = await digest(t, morning);
  // Three posts of three days wait in the queue; now is the day after.
  const now = eight + 3 * 24 * HOUR;
  const followed: Following[] = [];
  for (const day of [0, 1, 2]) {
    const received = new Date(noon + day * 24 * HOUR);
    followed.push(...(await arrive(`post${day}`, { received, now })));
  }
  const alarm = alone(t, followed);
  t.equal(alarm.due, now / 1000, "at once, but behind what waits");
  const issue = await ring("ring", alarm);
  t.same(names(issue), both(1));
  t.match(await text(issue[0]), /Messages: 3\n/);
  // One more of before was late: the times that have passed had their issue.
  const received = new Date(noon + HOUR);
  const late = alone(t, await arrive("late", { received, now }));
  t.equal(late.due, now / 1000 + 24 * 3600);
});

t.test("a change of the setting counts from the next post on", async (t) => {
  const { arrive, ring, set } = await digest(t, { at: "mon 08:00" });
  const slow = alone(t, await arrive("aaa"));
  set({ at: "22:00", timezone: "UTC" });
  const quick = alone(t, await arrive("bbb"));
  t.equal(quick.due, (noon + 10 * HOUR) / 1000);
  t.same(await arrive("ccc"), [], "one alarm is enough");
  t.same(names(await ring("quick", quick)), both(1));
  t.same(await ring("slow", slow), [], "the old one does no harm");
});

t.test("an alarm that comes by an old setting asks the new one", async (t) => {
  const { arrive, ring, set } = await digest(t, { at: "13:00" });
  const old = alone(t, await arrive("aaa", { received: new Date(noon - 1) }));
  set({ at: "18:00", timezone: "UTC" });
  const fresh = alone(t, await ring("old", old));
  t.equal(fresh.due, (noon + 6 * HOUR) / 1000);
  t.same(await arrive("bbb", { now: noon + HOUR }), [], "set once");
  t.same(names(await ring("fresh", fresh)), both(1));
});

t.test(
  "without addresses there is no alarm, and the log says so",
  async (t) => {
    const { arrive, site } = await digest(t, morning);
    const said: string[] = [];
    const bare = { ...site, delimiters: "" };
    const log = (text: string) => void said.push(text);
    t.same(await arrive("aaa", { site: bare, log }), []);
    t.match(said, [/no alarm: delimiters is empty/]);
  },
);

t.test("an alarm that somebody dropped is set by a later post", async (t) => {
  const { arrive, ring } = await digest(t, settings);
  alone(t, await arrive("aaa"));
  const now = noon + 3 * HOUR + 60_000;
  const other = alone(t, await arrive("bbb", { now }));
  t.equal(other.due, now / 1000, "at once");
  t.same(names(await ring("other", other)), both(1));
});
