import t from "tap";
import { hashOf } from "../../src/base/hash.ts";
import { makeState } from "../../src/state/db.ts";
import { Numbers } from "../../src/state/numbers.ts";

t.test(
  "each address has one number, for ever and for all who open the state",
  async (t) => {
    const home = t.testdir();
    const state = makeState(home);
    const numbers = new Numbers(state);
    t.same(numbers.of(["a@x.org", "b@x.org", "a@x.org"]), [1, 2, 1]);
    t.same(numbers.of(["c@x.org", "b@x.org", "B@x.org"]), [3, 2, 4]);
    t.same(numbers.of([]), []);
    const other = makeState(home);
    t.teardown(() => other.close());
    t.same(new Numbers(other).of(["d@x.org", "a@x.org"]), [5, 1]);
    t.same(numbers.of(["d@x.org", "jürgen@x.org"]), [5, 6]);
    state.close();
    t.equal(new Numbers(other).addressOf(6), "jürgen@x.org");
    t.equal(new Numbers(other).addressOf(7), undefined);
  },
);

t.test("two addresses of one hash are two", async (t) => {
  const seen = new Map<number, string>();
  let pair: string[] = [];
  for (let n = 0; pair.length === 0; n += 1) {
    const address = `user${n}@x.org`;
    const twin = seen.get(hashOf(address));
    if (twin !== undefined) pair = [twin, address];
    seen.set(hashOf(address), address);
  }
  const state = makeState(t.testdir());
  t.teardown(() => state.close());
  const numbers = new Numbers(state);
  t.same(numbers.of(pair), [1, 2]);
  t.same(numbers.of(pair), [1, 2]);
  t.same(
    [1, 2].map((n) => numbers.addressOf(n)),
    pair,
  );
});

t.test("the number of a row that was removed is not given again", async (t) => {
  const state = makeState(t.testdir());
  t.teardown(() => state.close());
  const numbers = new Numbers(state);
  numbers.of(["a@x.org", "b@x.org"]);
  state.db.exec("DELETE FROM numbers WHERE number = 2");
  t.same(numbers.of(["c@x.org"]), [3]);
});
