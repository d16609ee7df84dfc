import t from "tap";
import { isEnd, nameOf } from "../../src/commands/words.ts";

t.test("a hook's name comes before a word of the same spelling", (t) => {
  const names = new Set(["subscribe", "join"]);
  t.equal(nameOf("Join", names), "join");
  t.equal(nameOf("ABONNIEREN", names), "subscribe");
  t.equal(nameOf("hilfe", names), undefined, "there is no hook for it");
  t.equal(nameOf("constructor", names), undefined);
  t.end();
});

t.test("words that end it", (t) => {
  for (const word of ["end", "Quit", "終わり"]) t.ok(isEnd(word));
  t.notOk(isEnd("ending"));
  t.end();
});
