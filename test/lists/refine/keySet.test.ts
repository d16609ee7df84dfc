// Keys that have the same hash are still told apart, and the set grows as it must.
import t from "tap";
import { Key } from "../../../src/lists/refine/key.ts";
import { KeySet } from "../../../src/lists/refine/keySet.ts";

t.test("a collision loses no address", async (t) => {
  const set = new KeySet(0);
  const key = new Key("exact");
  const collide = (text: string) => {
    key.readText(text);
    key.hash = 7;
    return key;
  };
  const texts = Array.from({ length: 500 }, (_, n) => `user${n}@x.org`);
  for (const text of texts) t.equal(set.has(collide(text)), false, text);
  for (const text of texts) t.equal(set.add(collide(text)), true, text);
  for (const [n, text] of texts.entries()) {
    t.equal(set.add(collide(text)), false, text);
    t.equal(set.entry, n);
    t.equal(set.text(n), text);
  }
  t.equal(set.size, 500);
  t.equal(set.has(collide("user@x.org")), false, "a part of one is another");
  t.equal(set.has(collide("")), false);
  set.free();
});

t.test("what case is worth", async (t) => {
  const same = (sameness: "exact" | "any-case" | "domain", texts: string[]) => {
    const set = new KeySet(0);
    const key = new Key(sameness);
    return texts.map((text) => {
      key.readText(text);
      return set.add(key);
    });
  };
  const texts = ["Anna@X.org", "Anna@x.ORG", "anna@x.org", "bob@x.org"];
  t.same(same("exact", texts), [true, false, true, true]);
  t.same(same("any-case", texts), [true, false, false, true]);
  t.same(same("domain", texts), [true, false, false, false]);
  t.same(same("any-case", ["É@x.org", "é@x.org"]), [true, false]);
});
