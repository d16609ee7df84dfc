import t from "tap";
import { derivedId, timedId } from "../../src/base/ids.ts";

t.test("ids sort by time, and as they were made", async (t) => {
  const now = Date.UTC(2026, 10, 23);
  const ids = Array.from({ length: 5000 }, () => timedId(now));
  t.same(ids, [...new Set(ids)].sort());
  t.ok(timedId(now + 1) > (ids.at(-1) ?? ""));
  t.match(ids[0], /^[0-9a-z]{9}-[0-9a-z]{12}$/);
});

t.test("one is the same for the same moment and text", async (t) => {
  const one = derivedId(1.5e12, "a");
  t.equal(derivedId(1.5e12 + 0.3, "a"), one);
  t.not(derivedId(1.5e12, "b"), one);
  t.not(derivedId(1.6e12, "a"), one);
  t.match(one, /^[0-9a-z]{9}-[0-9a-z]{12}$/);
});
