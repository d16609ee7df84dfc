import fc from "fast-check";
import t from "tap";
import { type Candidate, Fair } from "../../src/engine/fair.ts";

interface Entry extends Candidate {
  readonly n: number;
}

let made = 0;

/** An entry of a list's post, or one that has no lane. */
function entry(list?: string, post = "", size = 1): Entry {
  made += 1;
  const n = made;
  return list === undefined
    ? { n }
    : { n, name: { lane: { list, post, size } } };
}

/** Several of the same. */
const some = (count: number, list?: string, post = "", size = 1) =>
  Array.from({ length: count }, () => entry(list, post, size));

const postOf = ({ name }: Entry) =>
  name?.lane ? `${name.lane.list}${name.lane.post}` : "none";
const isSmall = ({ name }: Entry) => (name?.lane?.size ?? 1) <= 100;

/** All that are chosen while nothing is at work. */
function all(fair: Fair<Entry>, free = 9): Entry[] {
  const found: Entry[] = [];
  for (let next = fair.next(free); next; next = fair.next(free))
    found.push(next);
  return found;
}

function filled(...due: Entry[]): Fair<Entry> {
  const fair = new Fair<Entry>();
  fair.fill(due);
  return fair;
}

const sizes = fc.constantFrom(1, 10, 100, 101, 1000);
const entries = fc
  .array(
    fc.tuple(
      fc.constantFrom(undefined, "a", "b", "c"),
      fc.constantFrom("1", "2", "3"),
      sizes,
    ),
    { maxLength: 30 },
  )
  .map((lanes) => lanes.map((lane) => entry(...lane)));

t.test("all are chosen once, of each post the oldest first", async (t) => {
  fc.assert(
    fc.property(entries, (due) => {
      const fair = filled(...due);
      t.equal(fair.size, due.length);
      const found = all(fair);
      t.equal(fair.size, 0);
      t.equal(found.length, due.length);
      t.same(new Set(found), new Set(due));
      for (const post of new Set(due.map(postOf)))
        if (post !== "none")
          t.same(
            found.filter((each) => postOf(each) === post).map(({ n }) => n),
            due.filter((each) => postOf(each) === post).map(({ n }) => n),
          );
    }),
  );
});

t.test("what is filled in takes the place of what was there", async (t) => {
  fc.assert(
    fc.property(
      entries,
      entries,
      fc.nat({ max: 9 }),
      (first, second, taken) => {
        const fair = filled(...first);
        for (let n = 0; n < taken; n += 1) fair.next(9);
        fair.fill(second);
        t.equal(fair.size, second.length);
        t.same(new Set(all(fair)), new Set(second));
      },
    ),
  );
});

t.test("lists in turn, in each its posts in turn", async (t) => {
  for (const size of [1, 1000]) {
    const due = [
      ...some(3, "a", "1", size),
      ...some(2, "a", "2", size),
      ...some(2, "b", "1", size),
      ...some(1, "c", "1", size),
    ];
    t.same(all(filled(...due)).map(postOf), [
      ...["a1", "b1", "c1"],
      ...["a2", "b1"],
      ...["a1", "a2", "a1"],
    ]);
  }
});

t.test("one post after the other, where none has more than one", async (t) => {
  const due = [...some(2), entry("a", "1"), ...some(2)];
  t.same(
    all(filled(...due)).map(({ n }) => n - (due[0]?.n ?? 0)),
    [0, 2, 1, 3, 4],
    "those without a lane are a list, and each a post of its own",
  );
});

t.test("the turns go on where a queue is looked at anew", async (t) => {
  const due = [
    ...some(40, "a", "1", 1000),
    ...some(40, "a", "2", 1000),
    ...some(40, "b", "1", 1000),
  ];
  const fair = new Fair<Entry>();
  const found: string[] = [];
  for (let n = 0; n < 12; n += 1) {
    fair.fill(due);
    const next = fair.next(9);
    if (!next) throw new Error("none was chosen");
    found.push(postOf(next));
    due.splice(due.indexOf(next), 1);
  }
  const round = ["a1", "b1", "a2", "b1"];
  t.same(found, [...round, ...round, ...round]);
  const late = entry("c", "1", 1000);
  fair.fill([...due, late]);
  t.equal(fair.next(9), late, "who never had a turn has the next");
});

t.test("none waits longer than all the others have a turn", async (t) => {
  // A queue to which something is added after each turn, and which is looked at anew.
  const posts = fc.array(
    fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom("1", "2", "3")),
    { minLength: 2, maxLength: 9 },
  );
  fc.assert(
    fc.property(posts, sizes, (lanes, size) => {
      const names = new Set(lanes.map((lane) => lane.join("")));
      const lists = new Map<string, Set<string>>();
      for (const [list, post] of lanes)
        lists.set(list, (lists.get(list) ?? new Set()).add(post));
      const fair = new Fair<Entry>();
      const last = new Map([...names].map((name) => [name, 0]));
      const due = lanes.map(([list, post]) => entry(list, post, size));
      for (let turn = 1; turn <= 60; turn += 1) {
        fair.fill(due);
        const next = fair.next(9);
        if (!next) throw new Error("none was chosen");
        const name = postOf(next);
        const list = name[0] ?? "";
        const bound = lists.size * (lists.get(list)?.size ?? 0);
        t.ok(turn - (last.get(name) ?? 0) <= bound, `${name} in ${turn}`);
        last.set(name, turn);
        due.splice(due.indexOf(next), 1);
        due.push(entry(list, name.slice(1), size));
      }
    }),
  );
});

t.test(
  "a small one has the next turn but one, whatever large ones wait",
  async (t) => {
    const large = fc.array(
      fc.tuple(
        fc.constantFrom("a", "b", "c", "small"),
        fc.constantFrom("1", "2", "3"),
        fc.integer({ min: 101, max: 1_000_000 }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(large, fc.nat({ max: 20 }), (lanes, turns) => {
        const due = lanes.map((lane) => entry(...lane));
        const fair = filled(...due);
        for (let n = 0; n < turns; n += 1) fair.next(9);
        const small = entry("small", "9", 10);
        fair.fill([...due, small]);
        t.ok([fair.next(9), fair.next(9)].includes(small));
      }),
    );
  },
);

t.test("of many small ones each has its turn within a bound", async (t) => {
  const small = Array.from({ length: 20 }, (_, n) =>
    entry(`list${n}`, "1", 10),
  );
  const large = some(1000, "large", "1", 1000);
  const found = all(filled(...large, ...small));
  const last = Math.max(...small.map((each) => found.indexOf(each)));
  t.ok(last < 25, `the last of 20 was number ${last + 1}`);
});

t.test("many small ones do not make a large one stand still", async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), (count) => {
      const large = some(count, "large", "1", 1000);
      const found = all(filled(...some(100, "a", "1"), ...large));
      const at = large.map((each) => found.indexOf(each));
      for (const [n, place] of at.entries()) t.ok(place <= 5 * n + 4);
    }),
  );
});

t.test(
  "a post never takes a turn while it holds as many as are free",
  async (t) => {
    const lanes = fc.array(
      fc.tuple(fc.constantFrom("a", "b"), fc.constantFrom("1", "2"), sizes),
      { minLength: 10, maxLength: 60 },
    );
    // Which of those at work ends next.
    const ends = fc.array(fc.nat(), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(
        lanes,
        fc.integer({ min: 1, max: 9 }),
        ends,
        (all, jobs, order) => {
          const due = all.map((lane) => entry(...lane));
          const fair = filled(...due);
          const work: Entry[] = [];
          const done: Entry[] = [];
          for (const at of order) {
            for (;;) {
              const free = jobs - work.length;
              if (free === 0) break;
              const next = fair.next(free);
              if (!next) break;
              const held = work.filter((each) => postOf(each) === postOf(next));
              if (!isSmall(next))
                t.ok(held.length < free, `${held.length} ${free}`);
              fair.begin(next);
              work.push(next);
            }
            t.ok(
              work.length > 0 || fair.size === 0,
              "none of them holds up all",
            );
            const [ended] = work.splice(at % Math.max(work.length, 1), 1);
            if (!ended) continue;
            fair.end(ended);
            done.push(ended);
          }
          t.equal(done.length, due.length, "none is lost");
        },
      ),
    );
  },
);

t.test("alone, an explosion leaves half of the turns free", async (t) => {
  for (let jobs = 1; jobs <= 9; jobs += 1) {
    const fair = filled(...some(20, "a", "1", 1000));
    let held = 0;
    for (let next = fair.next(jobs); next; next = fair.next(jobs - held)) {
      fair.begin(next);
      held += 1;
    }
    t.equal(held, Math.ceil(jobs / 2), `of ${jobs}`);
  }
});

t.test("the small ones of a post leave turns to others too", async (t) => {
  const fair = filled(...some(9, "a", "1", 100));
  let begun = 0;
  for (let free = 4; free > 0; free -= 1) {
    const next = fair.next(free);
    if (!next) break;
    fair.begin(next);
    begun += 1;
  }
  t.equal(begun, 2);
  t.equal(fair.size, 7);
});
