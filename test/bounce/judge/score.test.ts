import fc from "fast-check";
import t from "tap";
import { scoreOf } from "../../../src/bounce/judge/score.ts";
import type { Bounce } from "../../../src/state/bounce.ts";

const DAY = 86_400_000;
const rules = {
  threshold: 5,
  days: 3,
  posts: 3,
  stale: 7 * DAY,
  half_life: 14 * DAY,
  unsigned: true,
};
const never = () => false;

function bounce(given: Partial<Bounce>): Bounce {
  return {
    key: "a@x",
    address: "a@x",
    at: 0,
    post: "",
    kind: "hard",
    trust: "signed",
    reason: "other",
    status: "",
    detail: "",
    source: "",
    report: "",
    ...given,
  };
}

/** One a day, each of another post. */
const daily = (count: number, given: Partial<Bounce> = {}) =>
  Array.from({ length: count }, (_, day) =>
    bounce({ at: day * DAY, post: `p${day}`, ...given }),
  );

t.test("a day counts one, and fades by half in its time", async (t) => {
  t.equal(scoreOf(daily(1), 0, rules, never).score, 1);
  t.equal(scoreOf(daily(1), 7 * DAY, rules, never).score, 2 ** -0.5);
  t.equal(scoreOf(daily(1, { kind: "soft" }), 0, rules, never).score, 0.5);
  const both = [bounce({ post: "1", kind: "soft" }), bounce({ post: "2" })];
  t.equal(scoreOf(both, 0, rules, never).score, 1, "the worse of a day");
  const five = scoreOf(daily(5), 4 * DAY, rules, never);
  t.equal(five.isReached, false);
  const six = scoreOf(daily(6), 5 * DAY, rules, never);
  t.match(six, { isReached: true, days: 6, posts: 6 });
});

t.test("after a while without a bounce all begins anew", async (t) => {
  const some = [...daily(6), bounce({ at: 13 * DAY, post: "late" })];
  t.match(scoreOf(some, 13 * DAY, rules, never), { score: 1, days: 1 });
  t.equal(scoreOf(daily(6), 13 * DAY, rules, never).score, 0);
});

t.test(
  "what is about the post, late, a trial or of a halted day does not count",
  async (t) => {
    const wrong = [
      bounce({ kind: "message" }),
      bounce({ kind: "complaint" }),
      bounce({ kind: "probe" }),
      bounce({ trust: "late" }),
      bounce({ trust: "past" }),
    ];
    t.equal(scoreOf(wrong, 0, rules, never).last, undefined);
    const unsigned = [bounce({ trust: "unsigned" })];
    t.equal(scoreOf(unsigned, 0, rules, never).score, 1);
    const strict = { ...rules, unsigned: false };
    t.equal(scoreOf(unsigned, 0, strict, never).score, 0);
    t.equal(scoreOf(daily(6), 5 * DAY, rules, (day) => day < 5).score, 1);
  },
);

t.test(
  "it is reached on so many days and with so many posts only",
  async (t) => {
    const few = { ...rules, threshold: 1 };
    const oneDay = [1, 2, 3, 4].map((n) => bounce({ post: `p${n}` }));
    t.equal(scoreOf(oneDay, 0, few, never).isReached, false);
    const onePost = daily(6, { post: "same" });
    t.match(scoreOf(onePost, 5 * DAY, few, never), {
      isReached: false,
      posts: 1,
    });
    t.equal(scoreOf(daily(3), 2 * DAY, few, never).isReached, true);
  },
);

t.test("whatever comes, a day is worth one at most", async () => {
  const any = fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 40 * DAY }),
      post: fc.constantFrom("1", "2", "3", "4", "5", "6", "7"),
      kind: fc.constantFrom("hard", "soft", "message"),
      trust: fc.constantFrom("signed", "ours", "unsigned", "late"),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(any, (some) => {
      const all = some
        .map((one) => bounce(one as Partial<Bounce>))
        .sort((a, b) => a.at - b.at);
      const { score, days, posts, isReached } = scoreOf(
        all,
        40 * DAY,
        rules,
        never,
      );
      const none = scoreOf([], 40 * DAY, rules, never);
      return (
        score <= days &&
        days <= posts &&
        posts <= 7 &&
        none.score === 0 &&
        (!isReached || (score >= 5 && days >= 3 && posts >= 3)) &&
        // The same once more changes nothing.
        scoreOf(
          [...all, ...all].sort((a, b) => a.at - b.at),
          40 * DAY,
          rules,
          never,
        ).score === score
      );
    }),
    { numRuns: 300 },
  );
});
