// Which of several copies of an entry goes on.
import t from "tap";
import type { Event } from "../../../src/spool/envelope.ts";
import { type Copy, judge } from "../../../src/spool/verify/doubles.ts";
import { envelope, now } from "../fixtures/entries.ts";

let count = 0;

function copy(given: Partial<Copy> & { due?: number; attempt?: number } = {}) {
  const { due = now, attempt = 0, ...rest } = given;
  const path = `copy${count++}`;
  return {
    queue: "posts",
    name: { due, attempt, id: "0mwwyd5cq-01rx3zv9xfob" },
    path,
    at: path,
    isAtWork: false,
    children: undefined,
    envelope,
    notes: [],
    message: 9,
    list: 9,
    ...rest,
  } satisfies Copy;
}

const event = (what: Event["what"], second: number): Event => ({
  at: new Date((now + second) * 1000).toISOString(),
  where: "posts",
  what,
});

/** What is laid aside, and of what kind the findings are. */
function judged(...copies: Copy[]) {
  const verdicts = judge(copies);
  return {
    aside: verdicts.filter((it) => it.isLaidAside).map((it) => it.copy),
    kinds: [...new Set(verdicts.map(({ kind }) => kind))],
  };
}

t.test(
  "of entries that were not committed the one that knows more goes on",
  (t) => {
    const sent = ["sent\t1\tok", "sent\t2\tok"];
    const [older, further] = [
      copy({ notes: sent.slice(0, 1), attempt: 3 }),
      copy({ notes: sent }),
    ];
    t.same(judged(older, further), { aside: [older], kinds: ["double"] });
    t.same(judged(further, older), { aside: [older], kinds: ["double"] });
    const [early, late] = [copy(), copy({ attempt: 1 })];
    t.same(judged(early, late).aside, [early]);
    t.same(judged(late, early).aside, [early]);
    t.end();
  },
);

t.test("where it cannot be told all are laid aside", (t) => {
  const both = { kinds: ["double-undecided"] };
  for (const [one, other] of [
    [copy({ notes: ["sent\t1\tok"] }), copy({ notes: ["sent\t2\tok"] })],
    [copy(), copy({ queue: "digest" })],
    [copy(), copy({ message: 8 })],
    [copy({ children: ["a"] }), copy({ children: ["b"] })],
  ] as const)
    t.same(judged(one, other), { aside: [one, other], ...both });
  t.end();
});

t.test("one at work on a living node goes on, and is never moved", (t) => {
  const [waits, works] = [copy({ attempt: 5 }), copy({ isAtWork: true })];
  t.same(judged(waits, works), { aside: [waits], kinds: ["double"] });
  const knows = copy({ notes: ["sent\t1\tok"] });
  const both = judged(knows, works);
  t.same(both, { aside: [knows], kinds: ["double-undecided"] });
  const other = copy({ isAtWork: true });
  t.same(judged(works, other), { aside: [], kinds: ["double-undecided"] });
  t.end();
});

t.test("a committed one is further than one that is not", (t) => {
  const committed = copy({ children: ["outbound.a"] });
  const waits = copy();
  t.same(judged(waits, committed), { aside: [waits], kinds: ["double"] });
  const further = copy({ children: [] });
  t.same(judged(committed, further, waits).aside, [committed, waits]);
  t.end();
});

t.test("an entry that follows from itself is no double", (t) => {
  const portion = { start: 0, end: 1, count: 1 };
  const committed = copy({
    children: [],
    attempt: 2,
    envelope: { ...envelope, portion, history: [event("later", 0)] },
  });
  const none = { aside: [], kinds: [] };
  t.same(judged(committed, copy({ attempt: 3 })), none, "tried once more");
  t.same(judged(committed, copy({ attempt: 2, due: now + 60 })), none);
  const history = [event("later", 0), event("later", 9)];
  const noted = { ...envelope, portion, history };
  t.same(judged(committed, copy({ envelope: noted })), none, "noted since");
  t.same(judged(committed, copy()), none, "a part of its list");
  const own = copy({ children: [], attempt: 2 });
  t.same(judged(own, copy({ list: 5 })), none, "a part of its own list");
  const before = copy({ envelope: { ...envelope, portion } });
  t.same(judged(committed, before), { aside: [before], kinds: ["double"] });
  t.end();
});

t.test("a child that is published already stays in no out/", (t) => {
  const [inOut, published] = [copy({ parent: "p" }), copy({ attempt: 1 })];
  t.same(judged(inOut, published), { aside: [inOut], kinds: ["double"] });
  const parent = copy({ path: "p", children: ["posts.x"], attempt: 0 });
  t.same(judged(parent, inOut), { aside: [], kinds: [] }, "its own");
  t.same(judged(parent, inOut, published).aside, [inOut]);
  const stale = copy();
  t.same(judged(parent, inOut, stale).aside, [stale]);
  const more = copy({ path: "q", children: ["posts.x", "posts.y"] });
  const goes = copy({ parent: "q" });
  t.same(judged(parent, more, inOut, goes).aside, [more], "with its entry");
  const others = [copy({ parent: "r" }), copy({ parent: "s" })];
  t.same(judged(...others).aside, others);
  t.end();
});

t.test("what rests is told of, and what a person released is theirs", (t) => {
  const [held, waits] = [copy({ queue: "held" }), copy()];
  t.same(judged(held, waits), { aside: [], kinds: ["double-resting"] });
  t.same(judged(held, copy({ queue: "failed" })).kinds, ["double-resting"]);
  const history = [event("held", 0), event("released", 5)];
  const released = copy({ envelope: { ...envelope, history } });
  t.same(judged(waits, released), { aside: [], kinds: ["double-released"] });
  const twin = copy({ envelope: { ...envelope, history } });
  t.equal(judged(twin, released).aside.length, 1, "copied since");
  t.end();
});

t.test("one that was being laid aside is", (t) => {
  const one = copy({
    attempt: 1,
    envelope: { ...envelope, rest: { queue: "posts" } },
  });
  const other = copy();
  t.same(judged(one, other).aside, [one]);
  t.end();
});
