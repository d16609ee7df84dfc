import t from "tap";
import { Steady } from "../../../src/outbound/pace/steady.ts";

t.test("a clock set back makes it stand, not run", (t) => {
  const steady = new Steady();
  const times = [5000, 6000, 1000, 1500, 3000, 9000].map((now) =>
    steady.at(now),
  );
  t.same(times, [5000, 6000, 6000, 6500, 8000, 14_000]);
  t.equal(new Steady(5000).at(100), 5000, "after a restart too");
  t.end();
});
