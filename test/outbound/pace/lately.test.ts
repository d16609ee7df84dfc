import t from "tap";
import { Lately } from "../../../src/outbound/pace/lately.ts";

t.test("a rate is what went since it began, at most 10 s ago", (t) => {
  const lately = new Lately();
  t.equal(lately.rate(0), 0);
  lately.add(5, 100);
  t.equal(lately.rate(100), 300, "a second at least");
  for (let time = 200; time < 20_000; time += 100) lately.add(1, time);
  const rate = lately.rate(20_000);
  t.ok(rate > 570 && rate < 630, `${rate}`);
  t.ok(Math.abs(lately.messages(20_000) - 100) <= 6);
  t.equal(lately.messages(40_000), 0);
  lately.add(50, 50_000);
  lately.add(50, 51_000);
  t.equal(lately.rate(51_000), 6000, "not thinned by the pause before");
  t.end();
});
