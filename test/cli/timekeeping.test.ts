import t from "tap";
import { correctClock, hostClock, systemClock } from "../../src/base/clock.ts";
import { Timekeeper } from "../../src/cli/timekeeping.ts";

t.test("a clock that is off is made good, and that is said once", (t) => {
  t.teardown(() => correctClock(0));
  let off = 0;
  const said: string[] = [];
  const node = { name: "n", serverTime: () => hostClock.now() - off };
  const keeper = new Timekeeper(node, (_, what) => said.push(what));
  const look = () => {
    keeper.look();
    return Math.abs(systemClock.now() - node.serverTime());
  };
  t.ok(look() < 1000);
  off = 1500;
  look();
  t.same(said, [], "that much is no matter");
  off = 3_600_000;
  t.ok(look() < 1000);
  t.match(said, [/^the host's clock is 3600 seconds ahead of the file server/]);
  off += 300;
  look();
  t.equal(said.length, 1, "it wavers");
  off = -120_000;
  t.ok(look() < 1000);
  t.match(said[1], /120 seconds behind the file server's/);
  off = 10;
  t.ok(look() < 1000);
  t.match(said[2], /agrees .* again/);
  t.equal(systemClock.now() - hostClock.now() < 5, true);
  off = 3_600_000;
  look();
  off = 0;
  // The clock was set right, which cost the lease: another node looks.
  new Timekeeper(node, () => {}).look();
  t.ok(Math.abs(systemClock.now() - hostClock.now()) < 5);
  t.end();
});
