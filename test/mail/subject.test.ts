import t from "tap";
import { bareSubject, baseSubject, isAnswer } from "../../src/mail/subject.ts";

t.test("only what mail programs write is taken from a subject", (t) => {
  t.equal(bareSubject("Re: AW: [x] help"), "help");
  t.equal(bareSubject("Regarding: help"), "Regarding: help");
  t.equal(bareSubject("  "), "");
  const long = "Re: ".repeat(10_000);
  t.ok(bareSubject(long).length < long.length);
  t.end();
});

t.test("answers", (t) => {
  for (const subject of ["Re: a", "[x] AW: a", "Re[2]: [x] a", "a (fwd)"])
    t.ok(isAnswer(subject), subject);
  for (const subject of ["a", "[x] a", "Regarding: a", ""])
    t.notOk(isAnswer(subject), subject);
  t.end();
});

t.test("posts about one matter have one subject", (t) => {
  for (const subject of ["Re: [x]  A  b", "a B", "[x] a b (fwd) (Fwd)"])
    t.equal(baseSubject(subject), "a b", subject);
  t.equal(baseSubject("Re: "), "");
  t.end();
});
