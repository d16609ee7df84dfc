// When a list counts as shrunk.
import t from "tap";
import { isShrunk } from "../../../src/lists/refine/shrink.ts";

t.test("by more than the limit, and not where there are few", async (t) => {
  t.equal(isShrunk(100, 80, 20), false, "just at the limit");
  t.equal(isShrunk(100, 79, 20), true);
  t.equal(isShrunk(100, 120, 20), false);
  t.equal(isShrunk(50, 0, 20), true);
  t.equal(isShrunk(49, 0, 20), false);
  t.equal(isShrunk(100, 0, 100), false);
  t.equal(isShrunk(100, 99, 0), true);
});
