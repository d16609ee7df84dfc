// The table of those who get nothing: idempotent, and read in pages.
import t from "tap";
import { makeState } from "../../src/state/db.ts";
import { Sizes } from "../../src/state/sizes.ts";
import { Suppressed } from "../../src/state/suppressed.ts";

const one = (key: string, list = "", reason = "") => ({
  list,
  key,
  address: key,
  reason,
  since: 1,
});

t.test("adding and removing twice is doing it once", async (t) => {
  const state = makeState(t.testdir());
  t.teardown(state.close);
  const suppressed = new Suppressed(state);
  t.same(suppressed.add([one("a@x"), one("a@x"), one("a@x", "l@x")]), [
    "added",
    "present",
    "added",
  ]);
  t.same(suppressed.add([one("a@x", "", "left")]), ["changed"]);
  t.same(suppressed.add([one("a@x")]), ["present"], "a reason stays");
  t.same([...suppressed.all()], [[one("a@x", "", "left"), one("a@x", "l@x")]]);
  t.same([...suppressed.all("l@x")], [[one("a@x", "l@x")]]);
  t.equal(suppressed.remove("", "a@x"), true);
  t.equal(suppressed.remove("", "a@x"), false);
  t.same([...suppressed.keys("l@x")], [["a@x"]]);
});

t.test("many come in pages, in order", async (t) => {
  const state = makeState(t.testdir());
  t.teardown(state.close);
  const suppressed = new Suppressed(state);
  const keys = Array.from({ length: 2500 }, (_, n) => `u${n}@x`).sort();
  for (const list of ["", "l@x"])
    suppressed.add(keys.map((key) => one(key, list)));
  const pages = [...suppressed.keys("l@x")];
  t.same(
    pages.map(({ length }) => length),
    [1000, 1000, 500],
  );
  t.same(pages.flat(), keys);
  const all = [...suppressed.all()].flat();
  t.same(
    all.map(({ list, key }) => list + key),
    [...keys, ...keys.map((key) => `l@x${key}`)],
  );
  t.equal([...suppressed.all("l@x")].flat().length, 2500);
});

t.test("how many there were is remembered for each list", async (t) => {
  const state = makeState(t.testdir());
  t.teardown(state.close);
  const sizes = new Sizes(state);
  t.equal(sizes.get("a@x"), undefined);
  sizes.put("a@x", 5, 1);
  sizes.put("b@x", 7, 1);
  sizes.put("a@x", 0, 2);
  t.equal(sizes.get("a@x"), 0);
  t.equal(sizes.get("b@x"), 7);
});
