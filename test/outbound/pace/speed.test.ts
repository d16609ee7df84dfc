import fc from "fast-check";
import t from "tap";
import { Speed } from "../../../src/outbound/pace/speed.ts";

t.test("it counts what left in the last 60 seconds", (t) => {
  const additions = fc.array(
    fc.tuple(fc.nat({ max: 90_000 }), fc.nat({ max: 1000 })),
  );
  fc.assert(
    fc.property(additions, fc.nat({ max: 90_000 }), (steps, last) => {
      const speed = new Speed();
      let now = 1_000_000_000;
      const sent: [second: number, count: number][] = [];
      for (const [wait, count] of steps) {
        now += wait;
        speed.add(count, now);
        sent.push([Math.floor(now / 1000), count]);
      }
      now += last;
      const first = Math.floor(now / 1000) - 59;
      const wanted = sent
        .filter(([second]) => second >= first)
        .reduce((sum, [, count]) => sum + count, 0);
      return speed.lastMinute(now) === wanted;
    }),
  );
  t.end();
});

t.test("a clock that is set back begins anew", (t) => {
  const speed = new Speed();
  speed.add(10, 1_000_000);
  t.equal(speed.lastMinute(1_000_000), 10);
  t.equal(speed.lastMinute(500_000), 0);
  speed.add(3, 500_500);
  t.equal(speed.lastMinute(501_000), 3);
  t.end();
});
