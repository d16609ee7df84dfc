import t from "tap";
import {
  failureOf,
  kindOf,
  postOf,
  trustOf,
} from "../../../src/bounce/judge/entry.ts";
import type { Failure } from "../../../src/bounce/read.ts";

const failure = (recipient: string, given: Partial<Failure> = {}): Failure => ({
  recipient,
  duration: "permanent",
  about: "recipient",
  reason: "other",
  text: "",
  ...given,
});

t.test(
  "of several failures the one that the return path is about",
  async (t) => {
    const some = [
      failure("x@x", { duration: "temporary" }),
      failure("y@y", { final: "Anna@a", about: "message" }),
      failure("z@z"),
    ];
    t.equal(failureOf("anna@a", some), some[1], "also by where it went");
    t.equal(failureOf("b@b", some), some[2], "or the worst");
    t.equal(failureOf("b@b", some.slice(0, 1)), some[0], "or the only one");
    t.match(failureOf("b@b", []), { recipient: "b@b", duration: "temporary" });
  },
);

t.test("what it counts as", async (t) => {
  t.equal(kindOf(failure("x@x")), "hard");
  t.equal(kindOf(failure("x@x", { duration: "temporary" })), "soft");
  t.equal(kindOf(failure("x@x", { reason: "mailbox-full" })), "soft");
  t.equal(kindOf(failure("x@x", { about: "message" })), "message");
});

t.test("posts are told by Message-ID, or else by the report", async (t) => {
  const [a, b] = [Buffer.from("a"), Buffer.from("b")];
  const one = { messageId: "<1@x>", addresses: [] };
  t.equal(postOf(one, a), postOf(one, b));
  t.not(postOf({ addresses: [] }, a), postOf({ addresses: [] }, b));
});

t.test("a return path is young, late, or too old", async (t) => {
  const DAY = 86_400_000;
  const limits = { judged: 3 * DAY, recorded: 30 * DAY, tried: 5 * DAY };
  const trust = (days: number, given: Partial<Failure> = {}) =>
    trustOf({ time: 0 }, failure("x@x", given), days * DAY, limits);
  t.equal(trust(3), "signed");
  t.equal(trust(4), "late");
  t.equal(trust(6, { duration: "temporary" }), "signed", "tried for days");
  t.equal(trust(9, { reason: "expired" }), "late");
  t.equal(trust(31), undefined);
});
