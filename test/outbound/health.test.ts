import fc from "fast-check";
import t from "tap";
import { Health } from "../../src/outbound/health.ts";

t.test(
  "a dead relay is let alone ever longer, up to five minutes and a bit",
  (t) => {
    const health = new Health();
    t.equal(health.until, 0);
    let now = 1_000_000;
    const waits: number[] = [];
    for (let failure = 0; failure < 10; failure += 1) {
      health.failed("no", 0.5, now);
      waits.push(health.until - now);
      now = health.until;
    }
    t.same(waits.slice(0, 3), [11_250, 22_500, 45_000]);
    t.equal(waits.at(-1), 337_500);
    t.equal(health.reason, "no");
    t.ok(health.worked(), "it is back");
    t.equal(health.until, 0);
    t.notOk(health.worked(), "and was there already");
    t.end();
  },
);

t.test("conversations that break off count when they do so in a row", (t) => {
  const health = new Health();
  t.notOk(health.broke("cut", 0, 5));
  health.worked();
  t.notOk(health.broke("cut", 0, 5));
  t.ok(health.broke("cut again", 0, 5));
  t.equal(health.until, 10_005);
  t.equal(health.reason, "cut again");
  t.end();
});

t.test("what fails together does not come back together", (t) => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (random) => {
      const health = new Health();
      health.failed("", random, 0);
      return health.until >= 10_000 && health.until <= 12_500;
    }),
  );
  t.end();
});
