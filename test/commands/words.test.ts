import t from "tap";
import { bareSubject, isEnd, nameOf } from "../../src/commands/words.ts";

t.test("a hook's name comes before a word of the same spelling", (t) => {
  const names = new Set(["subscribe", "join"]);
  t.equal(nameOf("Join", names), "join");
  t.equal(nameOf("ABONNIEREN", names), "subscribe");
  t.equal(nameOf("hilfe", names), undefined, "there is no hook for it");
  t.equal(nameOf("constructor", names), undefined);
  t.end();
});

t.test("only what mail programs write is taken from a subject", (t) => {
  t.equal(bareSubject("Re: AW: [x] help"), "help");
  t.equal(bareSubject("Regarding: help"), "Regarding: help");
  t.equal(bareSubject("  "), "");
  const long = "Re: ".repeat(10_000);
  t.ok(bareSubject(long).length < long.length);
  t.end();
});

t.test("words that end it", (t) => {
  for (const word of ["end", "Quit", "終わり"]) t.ok(isEnd(word));
  t.notOk(isEnd("ending"));
  t.end();
});
