import t from "tap";
import { sparing } from "../../src/engine/sparing.ts";

t.test(
  "of very many lines a few are told, and how many there were",
  async (t) => {
    const told: string[] = [];
    let now = 0;
    const say = sparing(
      (line) => told.push(line),
      () => now,
    );
    for (let n = 1; n <= 100; n += 1) say(`line ${n}`);
    t.equal(told.length, 20);
    t.equal(told.at(-1), "line 20");
    now += 10;
    say("later");
    t.same(told.slice(20), ["and 80 more lines", "later"]);
    say.end();
    t.equal(told.length, 22, "all was told");
    for (let n = 0; n < 21; n += 1) say("again");
    say.end();
    t.equal(told.at(-1), "and 1 more line");
  },
);
