import t from "tap";
import { waitAfter } from "../../src/brokers/waits.ts";

t.test("they double, up to half a minute", async (t) => {
  t.same([0, 1, 2, 5, 1000].map(waitAfter), [1000, 2000, 4000, 30_000, 30_000]);
});
