// A runner that sends as fast as it may, on several connections, through crashes at any moment and
// changes of its limit, in simulated time; and how dense what reached the relay was.
import {
  Allowance,
  type Allowed,
} from "../../../src/outbound/pace/allowance.ts";
import type { Draft } from "../../../src/outbound/pace/books.ts";
import {
  type PaceRecord,
  parseRecord,
} from "../../../src/outbound/pace/record.ts";
import type { Window } from "../../../src/outbound/pace/window.ts";

export interface Course {
  readonly allowed: Allowed;
  readonly seconds: number;
  readonly connections: number;
  /** Most recipients in a transaction, 100 by default. */
  readonly most?: number;
  /** Most milliseconds from a grant to its completion. */
  readonly slowest: number;
  /** Most milliseconds until a record is on disk. */
  readonly disk: number;
  /** Seconds at which the process dies, and how long it is down, in milliseconds. */
  readonly crashes: readonly { second: number; down: number }[];
  /** Seconds at which the rate is changed. */
  readonly changes?: readonly { second: number; rate: number }[];
  /** Where mail is for. */
  readonly domains?: readonly string[];
  readonly seed: number;
}

export interface Message {
  /** When it reached the relay. */
  readonly at: number;
  readonly granted: number;
  readonly domain: string;
}

export interface Seen {
  readonly messages: readonly Message[];
  readonly grants: readonly { at: number; count: number }[];
  /** Most transactions at once, for each domain. */
  readonly open: ReadonlyMap<string, number>;
  readonly start: number;
}

interface Flight {
  readonly grant: { readonly count: number };
  readonly domain: string;
  readonly granted: number;
  /** What must be on disk before it leaves. */
  readonly needs?: ReadonlyMap<Window, number>;
  from: number;
  to: number;
}

/** A small reproducible source of chance. */
export function chance(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function drive(course: Course): Seen {
  const random = chance(course.seed);
  const messages: Message[] = [];
  const grants: { at: number; count: number }[] = [];
  const open = new Map<string, number>();
  const start = 1_000_000;
  let now = start;
  let { allowed } = course;
  const begin = (record?: PaceRecord) => {
    const begun = new Allowance(allowed, record, now);
    begun.peers(1, 0, now);
    return begun;
  };
  let allowance = begin();
  let disk: string | undefined;
  let writing: { draft: Draft; until: number } | undefined;
  let ashore: Flight[] = [];
  let flights: Flight[] = [];
  const end = now + course.seconds * 1000;
  const moments = <T extends { second: number }>(list: readonly T[]) =>
    list
      .map((it) => ({ ...it, at: start + it.second * 1000 }))
      .sort((a, b) => a.at - b.at);
  const crashes = moments(course.crashes);
  const changes = moments(course.changes ?? []);
  const land = ({ grant, domain, granted, from }: Flight, until: number) => {
    for (let i = 0; i < grant.count; i += 1)
      messages.push({ at: from + random(until - from + 1), granted, domain });
  };
  const leave = (flight: Flight) => {
    flight.from = now;
    flight.to = now + 1 + random(course.slowest);
    flights.push(flight);
  };
  const write = () => {
    writing ??= {
      draft: allowance.draft(now),
      until: now + random(course.disk),
    };
  };
  const text = () => JSON.stringify(writing?.draft.record);
  const { domains = [""], most = 100 } = course;
  const next = () => {
    const domain = domains[random(domains.length)] ?? "";
    return { domain, count: 1 + random(allowance.portion(most, domain)) };
  };
  let wanted = next();
  let retry = now;
  while (now < end) {
    const crash = crashes[0];
    if (crash !== undefined && crash.at <= now) {
      crashes.shift();
      for (const flight of flights) if (random(4) > 0) land(flight, now);
      flights = [];
      ashore = [];
      if (writing && random(2) > 0) disk = text();
      writing = undefined;
      now += crash.down;
      allowance = begin(disk === undefined ? undefined : parseRecord(disk));
      wanted = next();
      retry = now;
    }
    while (changes[0] !== undefined && changes[0].at <= now) {
      const { rate } = changes.shift() ?? { rate: 0 };
      allowed = { ...allowed, rate };
      allowance.change({ rate }, now);
      wanted = next();
      retry = now;
    }
    if (writing && writing.until <= now) {
      disk = text();
      allowance.recorded(writing.draft);
      writing = undefined;
      const ready = ({ needs }: Flight) => !needs || allowance.covers(needs);
      ashore.filter(ready).forEach(leave);
      ashore = ashore.filter((flight) => !ready(flight));
      if (ashore.length > 0) write();
    }
    for (const flight of flights.filter(({ to }) => to <= now)) {
      land(flight, now);
      allowance.done(flight.grant, now);
      retry = now;
    }
    flights = flights.filter(({ to }) => to > now);
    while (
      retry <= now &&
      flights.length + ashore.length < course.connections
    ) {
      const { count, domain } = wanted;
      const answer = allowance.take(count, domain, now);
      wanted = next();
      if ("wait" in answer) {
        // Another domain may go before this one.
        retry = domains.length > 1 ? now + 50 : now + answer.wait;
        break;
      }
      const { grant } = answer;
      grants.push({ at: now, count });
      const flight = { grant, domain, granted: now, from: now, to: now };
      if (allowance.recordDue) {
        ashore.push({ ...flight, needs: allowance.granted() });
        write();
      } else leave(flight);
      const mine = [...flights, ...ashore].filter((it) => it.domain === domain);
      open.set(domain, Math.max(open.get(domain) ?? 0, mine.length));
    }
    const events = flights.map(({ to }) => to);
    if (flights.length + ashore.length < course.connections) events.push(retry);
    if (writing) events.push(writing.until);
    for (const list of [crashes, changes])
      if (list[0] !== undefined) events.push(list[0].at);
    now = Math.max(now + 1, Math.min(...events, end));
  }
  messages.sort((a, b) => a.at - b.at);
  return { messages, grants, open, start };
}

/** The most moments in any closed window. @param moments in order */
export function densest(moments: readonly number[], window: number): number {
  let most = 0;
  let from = 0;
  moments.forEach((moment, at) => {
    while ((moments[from] ?? moment) < moment - window) from += 1;
    most = Math.max(most, at - from + 1);
  });
  return most;
}
