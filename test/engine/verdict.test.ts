// What is decided and said: verdicts, answers, outcomes, and when to try again.
import fc from "fast-check";
import t from "tap";
import { delay, isDeadly, isSpent } from "../../src/engine/backoff.ts";
import {
  answerOf,
  formatOutcome,
  parseOutcome,
} from "../../src/engine/question.ts";
import { codes, verdictOf, wordsOf } from "../../src/engine/verdict.ts";

t.test(
  "each verdict has its exit code, and all others mean later",
  async (t) => {
    for (const [kind, code] of Object.entries(codes))
      t.equal(verdictOf(code, "why").kind, kind);
    t.same(codes, {
      pass: 0,
      later: 75,
      reject: 77,
      hold: 80,
      discard: 81,
      skip: 99,
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 255 }),
        fc.string(),
        (code, said) => {
          const verdict = verdictOf(code, said);
          return (
            Object.values<number>(codes).includes(code) ||
            (verdict.kind === "later" &&
              verdict.reason.includes(`exit code ${code}`) &&
              verdict.reason.includes(said))
          );
        },
      ),
    );
    t.same(verdictOf(75, ""), { kind: "later", reason: "asked for later" });
    t.equal(wordsOf(verdictOf(77, "No.")), "reject: No.");
    t.equal(wordsOf(verdictOf(99, "")), "skip");
  },
);

t.test("an outcome is the same after it was written and read", async (t) => {
  const text = fc.string().filter((line) => !/[\t\r\n]/.test(line));
  fc.assert(
    fc.property(
      text.filter(Boolean),
      fc.constantFrom("sent", "later", "never"),
      text,
      (address, kind, reply) => {
        const outcome = { address, kind, reply };
        t.same(parseOutcome(formatOutcome(outcome)), outcome);
      },
    ),
  );
  t.equal(
    formatOutcome({ address: "a@x", kind: "never", reply: "550 a\r\n\tb" }),
    "a@x\tnever\t550 a b",
    "a reply stays one line",
  );
  for (const line of ["", "a@x", "a@x\tmaybe\tx", "\tsent\tx", "a@x sent ok"])
    t.equal(parseOutcome(line), undefined, line);
  fc.assert(
    fc.property(fc.string(), (line) => {
      parseOutcome(line);
    }),
  );
});

t.test("nothing returned is a pass, for every verb", async (t) => {
  for (const verb of [
    "approve",
    "route",
    "edit",
    "recipients",
    "consume",
  ] as const)
    t.same(answerOf(undefined, verb), { verdict: { kind: "pass" }, line: "" });
});

const retry = { first: 60_000, most: 600_000, give_up: 86_400_000 };

t.test("waits double, with jitter, up to the most", async (t) => {
  t.equal(delay(retry, 0, 0), 60_000);
  t.equal(delay(retry, 0, 1), 75_000);
  t.equal(delay(retry, 2, 0), 240_000);
  fc.assert(
    fc.property(
      fc.nat(100_000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, random) => {
        const wait = delay(retry, attempt, random);
        return wait >= retry.first && wait <= retry.most;
      },
    ),
  );
});

t.test("age alone spends an entry, and deaths alone kill it", async (t) => {
  t.notOk(isSpent(retry, retry.give_up - 1));
  t.ok(isSpent(retry, retry.give_up));
  // At the longest wait there are 144 tries until it is given up.
  t.notOk(isDeadly(retry, 193));
  t.ok(isDeadly(retry, 194));
  t.ok(isDeadly({ ...retry, most: 1 }, 99_999), "while its name can be read");
});
