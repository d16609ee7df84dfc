import fc from "fast-check";
import t from "tap";
import { Earliest, type Scan } from "../../src/spool/earliest.ts";
import {
  formatName,
  type Name,
  newId,
  parseName,
} from "../../src/spool/name.ts";
import { nameOf } from "../../src/spool/queue.ts";
import { now } from "./fixtures/entries.ts";

const LANE = 64;
const never = () => false;

/** As a large folder is read: what comes too late is not offered. */
function choose(files: readonly string[], most: number): Scan {
  const earliest = new Earliest(now, most);
  for (const file of files) {
    const bytes = Buffer.from(`.${file}.`);
    if (!earliest.isTooLate(bytes, 1, bytes.length - 1))
      earliest.offer(file, never);
  }
  return earliest.scan;
}

/** The same by the definition. */
function model(files: readonly string[], most: number) {
  const names = [...new Set(files)].sort().map((file) => parseName(file));
  const due = names.filter((name) => name !== undefined && name.due <= now);
  const counts = new Map<string, number>();
  const fair = due.filter((name) => {
    if (!name?.lane) return true;
    const lane = `${name.lane.list}-${name.lane.post}`;
    counts.set(lane, (counts.get(lane) ?? 0) + 1);
    return (counts.get(lane) ?? 0) <= LANE;
  });
  const later = names.flatMap((name) => name?.due ?? []);
  return {
    due: fair.slice(0, most).map((name) => name && formatName(name)),
    more: due.length > Math.min(fair.length, most),
    next: later.filter((second) => second > now).sort()[0],
  };
}

const lane = fc.option(
  fc.record({
    list: fc.constantFrom("aaaa", "bbbb"),
    post: fc.constantFrom("pppppp", "qqqqqq"),
    size: fc.constantFrom(1, 1000),
  }),
  { nil: undefined },
);
const entry = fc.record({
  due: fc.integer({ min: now - 200, max: now + 20 }),
  attempt: fc.nat({ max: 11 }),
  lane,
});
type Given = Pick<Name, "due" | "attempt"> & { lane: Name["lane"] | undefined };

function nameFor({ due, attempt, lane }: Given): string {
  const name = { due, attempt, id: newId(due * 1000) };
  return formatName(lane ? { ...name, lane } : name);
}

/** Many of one lane, too, and names that come twice. */
const files = fc
  .array(fc.tuple(entry, fc.constantFrom(1, 1, 2, 70)), { maxLength: 30 })
  .map((all) =>
    all.flatMap(([one, count]) =>
      Array.from({ length: count }, () => nameFor(one)),
    ),
  )
  .chain((names) =>
    fc.shuffledSubarray([...names, ...names.slice(0, 5)], {
      minLength: names.length,
    }),
  );

t.test("what is chosen of a stream is what a sorted list shows", async (t) => {
  fc.assert(
    fc.property(files, fc.nat({ max: 300 }), (names, most) => {
      const { due, more, next } = choose(names, most);
      const wanted = model(names, most);
      t.same(due.map(nameOf), wanted.due);
      t.equal(more, wanted.more, "more");
      if (due.length < most) t.equal(next, wanted.next, "the next");
    }),
  );
});

t.test("nothing starves, whatever comes meanwhile", async (t) => {
  fc.assert(
    fc.property(
      fc.array(files, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 40 }),
      (arrivals, most) => {
        const ready = arrivals.map((names) =>
          names.filter((name) => Number(name.slice(0, 10)) <= now),
        );
        const left = new Set(ready.flat());
        const there = new Set<string>();
        const rounds = left.size + arrivals.length;
        for (let round = 0; left.size > 0 && round < rounds; round += 1) {
          for (const name of ready.shift() ?? []) there.add(name);
          const { due, more } = choose([...there], most);
          for (const name of due.map(nameOf)) {
            left.delete(name);
            there.delete(name);
          }
          t.equal(more, there.size > 0, "it knows that some are left");
        }
        t.equal(left.size, 0);
      },
    ),
    { numRuns: 30 },
  );
});

t.test("only those that may, and of these as many", async (t) => {
  const names = Array.from({ length: 50 }, (_, at) =>
    nameFor({ due: now - 50 + at, attempt: at, lane: undefined }),
  );
  const earliest = new Earliest(now, 3, ({ name }) => name?.attempt === 40);
  for (const name of names) earliest.offer(name, never);
  t.same(earliest.scan.due.map(nameOf), [names[40]]);
  t.equal(earliest.scan.more, false);
});
