import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { collect } from "../../src/digest/collect.ts";
import { beginVolume, claim, issuesIn } from "../../src/digest/issues.ts";
import { begins } from "../../src/digest/volume.ts";
import type { Frequency } from "../../src/lists/schema/digest.ts";

const at = (text: string) => Date.parse(text);

t.test("volumes begin with the calendar of the list's time zone", async (t) => {
  const zurich = (volume: Frequency, before: string, now: string) =>
    begins({ volume, timezone: "Europe/Zurich" }, at(before), at(now));
  for (const [volume, before, now, expected] of [
    ["never", "2025-06-01T00:00Z", "2026-06-01T00:00Z", false],
    ["yearly", "2026-01-01T00:00Z", "2026-12-31T22:59Z", false],
    ["yearly", "2026-12-31T22:59Z", "2026-12-31T23:00Z", true],
    ["quarterly", "2026-01-10T00:00Z", "2026-03-31T21:59Z", false],
    ["quarterly", "2026-03-31T21:59Z", "2026-03-31T22:00Z", true],
    ["monthly", "2026-03-01T00:00Z", "2026-03-30T00:00Z", false],
    ["monthly", "2026-03-01T00:00Z", "2027-03-01T00:00Z", true],
    // 2 August 2026 is a Sunday.
    ["weekly", "2026-07-27T00:00Z", "2026-08-02T21:59Z", false],
    ["weekly", "2026-08-02T21:59Z", "2026-08-02T22:00Z", true],
    ["daily", "2026-08-02T00:00Z", "2026-08-02T21:59Z", false],
    ["daily", "2026-08-02T21:59Z", "2026-08-02T22:00Z", true],
    // A clock that goes back begins nothing.
    ["daily", "2026-08-02T22:00Z", "2026-08-02T21:59Z", false],
  ] as const)
    t.equal(zurich(volume, before, now), expected, `${volume} ${now}`);
});

/** A digest of which issues are made. */
function press(digestDir: string) {
  let id = 0;
  const next = () => {
    id += 1;
    return `e${id}`;
  };
  const issue = async (now: string, volume: Frequency = "monthly") => {
    const content = [Buffer.from("Subject: x\n\nx\n")];
    const received = new Date(0);
    await collect({ digestDir, id: next(), content, received, asOf: 0 });
    const counting = { now: at(now), volume, timezone: "UTC" };
    const found = await claim({ digestDir, id: next() }, counting);
    return found && [found.number, found.volume, found.ordinal];
  };
  const empty = (now: string) =>
    claim({ digestDir, id: next() }, { now: at(now), volume: "monthly" });
  const begin = () => beginVolume({ digestDir, id: next() });
  return { issue, empty, begin };
}

t.test("issues are counted in their volume, and through", async (t) => {
  const dir = t.testdir();
  const { issue, empty, begin } = press(dir);
  t.same(await issue("2026-01-01T00:00Z"), [1, 1, 1]);
  t.same(await issue("2026-01-31T00:00Z"), [2, 1, 2]);
  t.equal(await empty("2026-02-01T00:00Z"), undefined);
  t.same(await issue("2026-02-02T00:00Z"), [3, 2, 1], "nothing is no issue");
  t.equal(await begin(), 3, "by hand");
  t.equal(await begin(), 3, "one without an issue is enough");
  t.same(await issue("2026-03-02T00:00Z"), [4, 3, 1], "not by the month too");
  t.same(await issue("2026-03-03T00:00Z"), [5, 3, 2]);
  t.same(await issue("2026-03-02T00:00Z"), [6, 3, 3]);
  t.same(await issue("2026-09-02T00:00Z", "never"), [7, 3, 4]);
  t.same(
    [...issuesIn(dir)].map(({ issue }) => issue),
    [1, 2, 3, 4, 5, 6, 7],
  );
});

t.test("a clock that was wrong once ends no volumes", async (t) => {
  const { issue } = press(t.testdir());
  t.same(await issue("2037-01-01T00:00Z"), [1, 1, 1]);
  t.same(await issue("2026-01-01T00:00Z"), [2, 1, 2]);
  t.same(await issue("2026-02-01T00:00Z"), [3, 2, 1]);
});

t.test("the same id begins one volume", async (t) => {
  const digestDir = t.testdir();
  const { issue } = press(digestDir);
  await issue("2026-01-01T00:00Z");
  t.equal(await beginVolume({ digestDir, id: "v" }), 2);
  t.same(await issue("2026-01-01T00:00Z"), [2, 2, 1]);
  t.equal(await beginVolume({ digestDir, id: "v" }), 2);
  t.same(await issue("2026-01-02T00:00Z"), [3, 2, 2]);
});

t.test("records of before there were volumes are of the first", async (t) => {
  const dir = t.testdir();
  const folder = join(dir, "claims", "0");
  mkdirSync(folder, { recursive: true });
  for (const [number, text] of [
    [1, '{"owner":"a","issue":1,"first":1,"last":0}'],
    [2, '{"owner":"b","issue":2,"first":1,"last":0}'],
  ] as const) {
    const path = join(folder, String(number));
    writeFileSync(path, `${text}\n`);
    utimesSync(
      path,
      at("2026-01-05T00:00Z") / 1000,
      at("2026-01-05T00:00Z") / 1000,
    );
  }
  const { issue } = press(dir);
  t.same(await issue("2026-01-20T00:00Z"), [3, 1, 3]);
  t.same(await issue("2026-02-20T00:00Z"), [4, 2, 1]);
});
