// Runners on relays of any size, for hours.
import fc from "fast-check";
import t from "tap";
import { converse, perMinute } from "./relay.ts";

const room = fc.integer({ min: 200, max: 1000 });
const relay = fc.oneof(
  fc.record({
    capacity: fc.integer({ min: 60, max: 4000 }),
    room,
    synchronous: fc.constant(false),
  }),
  // One that answers when a message is through must not need minutes for that.
  fc.record({
    capacity: fc.integer({ min: 500, max: 4000 }),
    room,
    synchronous: fc.constant(true),
  }),
);
const rate = fc.constantFrom(0, 600, 3000, 20_000);

t.test(
  "it settles near what the relay can do, and never collapses",
  async () => {
    fc.assert(
      fc.property(
        relay,
        rate,
        fc.integer({ min: 2, max: 8 }),
        ({ capacity, ...model }, rate, connections) => {
          const { taken, refused } = converse(
            { ...model, capacity: () => capacity },
            [{ rate, connections }],
            3600,
          );
          const can = rate === 0 ? capacity : Math.min(rate, capacity);
          for (let from = 600; from < 3600; from += 600)
            if (perMinute(taken[0], from, from + 600) < 0.5 * can) return false;
          const all = perMinute(taken[0], 1800, 3600);
          const more = perMinute(refused[0], 1800, 3600);
          return all >= 0.7 * can && more <= 0.5 * all;
        },
      ),
      { numRuns: 60 },
    );
  },
);

t.test("two runners share a relay about fairly", async () => {
  fc.assert(
    fc.property(
      fc.record({
        capacity: fc.integer({ min: 200, max: 2000 }),
        room: fc.integer({ min: 200, max: 600 }),
        rate: fc.constantFrom(0, 3000, 6000),
        later: fc.constantFrom(0, 600),
      }),
      ({ capacity, room, rate, later }) => {
        const { taken } = converse(
          { capacity: () => capacity, room },
          [
            { rate, connections: 4 },
            { rate, connections: 4, from: later },
          ],
          7200,
        );
        const [one = 0, other = 0] = taken.map((row) =>
          perMinute(row, 3600, 7200),
        );
        const less = Math.min(one, other);
        return less > 0.3 * (one + other) && one + other > 0.7 * capacity;
      },
    ),
    { numRuns: 30 },
  );
});
