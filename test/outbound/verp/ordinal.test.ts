import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { numberPath } from "../../../src/lists/sequence.ts";
import { ordinalOf } from "../../../src/outbound/verp/ordinal.ts";

const news = "news@lists.example.org";

t.test(
  "posts of a list are counted, each once however often it is tried",
  async (t) => {
    const home = t.testdir();
    const id = (n: number) => `00000000${n}-abc`;
    t.equal(await ordinalOf(home, news, id(1)), 1);
    t.equal(await ordinalOf(home, news, id(2)), 2);
    t.equal(await ordinalOf(home, news, id(1)), 1);
    t.equal(await ordinalOf(home, "other@x.org", id(3)), 1);
    const many = await Promise.all(
      [4, 5, 6, 7].map((n) => ordinalOf(home, news, id(n))),
    );
    t.same(many.sort(), [3, 4, 5, 6]);
  },
);

t.test("old numbers are forgotten, the count goes on", async (t) => {
  const home = t.testdir();
  const folder = join(home, "archive", news, "verp");
  for (let n = 1; n <= 5; n += 1) await ordinalOf(home, news, `old-${n}`, 3);
  const old = (Date.now() - 61 * 24 * 3600_000) / 1000;
  for (let n = 1; n <= 5; n += 1) utimesSync(numberPath(folder, n), old, old);
  t.equal(await ordinalOf(home, news, "new-1", 3), 6);
  t.same(readdirSync(join(folder, "0")).sort(), ["4", "5", "6"]);
  t.equal(await ordinalOf(home, news, "new-2", 3), 7);
});
