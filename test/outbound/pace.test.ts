import fc from "fast-check";
import t from "tap";
import {
  type Grant,
  Pace,
  type PaceRecord,
  parseRecord,
} from "../../src/outbound/pace.ts";

const MINUTE = 60_000;

interface Course {
  perMinute: number;
  seconds: number;
  connections: number;
  /** Most milliseconds from a grant to its completion. */
  slowest: number;
  /** Seconds at which the process dies, and how long it is down, in milliseconds. */
  crashes: { second: number; down: number }[];
  seed: number;
}

interface Seen {
  /** When each message reached the relay. */
  moments: number[];
  grants: { at: number; count: number }[];
}

/** A small reproducible source of chance. */
function chance(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Sends as fast as the pace allows, on several connections, through crashes. */
function drive(course: Course): Seen {
  const random = chance(course.seed);
  const seen: Seen = { moments: [], grants: [] };
  let pace = new Pace(course.perMinute);
  let disk: string | undefined;
  let flights: { grant: Grant; from: number; to: number }[] = [];
  let now = 1_000_000;
  const end = now + course.seconds * 1000;
  const crashes = course.crashes
    .map((it) => ({ at: now + it.second * 1000, down: it.down }))
    .sort((a, b) => a.at - b.at);
  const land = (flight: (typeof flights)[number], until: number) => {
    for (let i = 0; i < flight.grant.count; i++)
      seen.moments.push(flight.from + random(until - flight.from + 1));
  };
  let wanted = 1 + random(pace.portion(100));
  let retry = now;
  while (now < end) {
    const crash = crashes[0];
    if (crash !== undefined && crash.at <= now) {
      crashes.shift();
      for (const flight of flights) if (random(4) > 0) land(flight, now);
      flights = [];
      now += crash.down;
      const record = disk === undefined ? undefined : parseRecord(disk);
      if (disk !== undefined)
        pace = Pace.restored(course.perMinute, record, now);
      retry = now;
    }
    for (const flight of flights.filter((it) => it.to <= now)) {
      land(flight, now);
      pace.done(flight.grant, now);
      retry = now;
    }
    flights = flights.filter((it) => it.to > now);
    while (retry <= now && flights.length < course.connections) {
      const answer = pace.take(wanted, now);
      if ("wait" in answer) {
        retry = now + answer.wait;
        break;
      }
      if (pace.recordDue) {
        const record = pace.record(now);
        disk = JSON.stringify(record);
        pace.recorded(record);
      }
      seen.grants.push({ at: now, count: wanted });
      const to = now + 1 + random(course.slowest);
      flights.push({ grant: answer.grant, from: now, to });
      wanted = 1 + random(pace.portion(100));
    }
    const events = flights.map((it) => it.to);
    if (flights.length < course.connections) events.push(retry);
    if (crashes[0] !== undefined) events.push(crashes[0].at);
    now = Math.max(now + 1, Math.min(...events, end));
  }
  seen.moments.sort((a, b) => a - b);
  return seen;
}

/** The most messages in any closed window. */
function densest(moments: readonly number[], window: number): number {
  let most = 0;
  let from = 0;
  moments.forEach((moment, at) => {
    while ((moments[from] ?? moment) < moment - window) from += 1;
    most = Math.max(most, at - from + 1);
  });
  return most;
}

const course = fc.record({
  perMinute: fc.oneof(
    fc.integer({ min: 1, max: 70 }),
    fc.integer({ min: 1, max: 3000 }),
  ),
  seconds: fc.integer({ min: 60, max: 300 }),
  connections: fc.integer({ min: 1, max: 6 }),
  slowest: fc.oneof(fc.constant(20), fc.integer({ min: 1, max: 50_000 })),
  crashes: fc.array(
    fc.record({
      second: fc.integer({ min: 1, max: 300 }),
      down: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 70_000 })),
    }),
    { maxLength: 4 },
  ),
  seed: fc.integer({ min: 1 }),
});

t.test("no window of 60 s holds more, crashes included", async () => {
  fc.assert(
    fc.property(course, (it) => {
      const { moments } = drive(it);
      return densest(moments, MINUTE) <= it.perMinute;
    }),
    { numRuns: 300 },
  );
});

t.test("a busy runner uses at least 90 % of its limit", async (t) => {
  for (const perMinute of [1, 7, 60, 100, 600, 6000]) {
    const { moments } = drive({
      perMinute,
      seconds: 600,
      connections: 2,
      slowest: 50,
      crashes: [],
      seed: perMinute,
    });
    t.ok(moments.length >= 9 * perMinute, `${perMinute}: ${moments.length}`);
  }
});

t.test("a second gets a second's worth and one transaction", async () => {
  fc.assert(
    fc.property(course, (it) => {
      const { grants } = drive(it);
      const moments = grants.flatMap(({ at, count }) =>
        Array<number>(count).fill(at),
      );
      const portion = new Pace(it.perMinute).portion(100);
      return (
        densest(moments, 999) <= Math.ceil((1.2 * it.perMinute) / 60) + portion
      );
    }),
    { numRuns: 100 },
  );
});

t.test("a clock set back neither bursts nor stops for long", async (t) => {
  const pace = new Pace(60);
  let sent = 0;
  const hour = 3_600_000;
  for (let ms = 0; ms < 30_000; ms += 100) {
    const now = ms < 10_000 ? 2 * hour + ms : hour + ms;
    const answer = pace.take(1, now);
    if ("grant" in answer) {
      sent += 1;
      pace.done(answer.grant, now);
    }
  }
  t.ok(sent >= 28 && sent <= 31, `${sent} in 30 s`);
});

t.test("an unreadable record counts as a minute's worth just sent", (t) => {
  const pace = Pace.restored(60, undefined, 1_000_000);
  t.hasProp(pace.take(1, 1_000_000 + MINUTE), "wait");
  t.hasProp(pace.take(1, 1_000_000 + MINUTE + 201), "grant");
  t.end();
});

t.test("what was given up unsent is free at once", (t) => {
  const pace = new Pace(1);
  const first = pace.take(1, 0);
  if ("grant" in first) pace.done(first.grant, 10, 0);
  t.hasProp(pace.take(1, MINUTE), "grant");
  t.end();
});

t.test("memory stays small at any limit", (t) => {
  const pace = new Pace(1_000_000);
  let record: PaceRecord | undefined;
  for (let now = 0; now < 200_000; now += 10) {
    const answer = pace.take(100, now);
    if ("grant" in answer) pace.done(answer.grant, now + 5);
    record = pace.record(now);
  }
  t.ok((record?.past.length ?? 0) < 700);
  t.end();
});

t.test("no limit, and portions of a second's worth", (t) => {
  const free = new Pace(0);
  for (let i = 0; i < 1000; i++) t.hasProp(free.take(100, 0), "grant");
  t.equal(free.portion(100), 100);
  t.equal(new Pace(600).portion(100), 10);
  t.equal(new Pace(600).portion(3), 3);
  t.equal(new Pace(5).portion(100), 1);
  t.throws(() => new Pace(5).take(6, 0), RangeError);
  t.end();
});

t.test("only a whole record is read", (t) => {
  for (const text of ["", "{", "{}", '{"at":1,"past":[],"inFlight":0}', "null"])
    t.equal(parseRecord(text), undefined, text);
  const record = new Pace(60).record(1000);
  t.same(parseRecord(JSON.stringify(record)), record);
  t.end();
});
