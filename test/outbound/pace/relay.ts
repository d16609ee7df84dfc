// A relay that takes so much in simulated time and no more, and runners that send to it as fast as
// they may.
import { Allowance } from "../../../src/outbound/pace/allowance.ts";
import type { Turn } from "../../../src/outbound/pace/governor.ts";

export interface Model {
  /** Messages a minute that the relay can do at a time, in seconds. */
  capacity(second: number): number;
  /** Messages that wait in it at most, before it says that it is full. */
  readonly room: number;
  /** Whether it answers only when a message is through, or at once. */
  readonly synchronous?: boolean;
}

export interface Sender {
  /** Messages a minute; 0: no limit. */
  readonly rate: number;
  readonly connections: number;
  /** Seconds at which it begins. */
  readonly from?: number;
}

export interface Course {
  /** For each sender, messages taken and refused in each second. */
  readonly taken: number[][];
  readonly refused: number[][];
  readonly turns: (Turn & { readonly second: number })[][];
}

const MOST = 100;

export function converse(
  model: Model,
  senders: readonly Sender[],
  seconds: number,
): Course {
  const taken = senders.map(() => Array<number>(seconds).fill(0));
  const refused = senders.map(() => Array<number>(seconds).fill(0));
  const turns: Course["turns"] = senders.map(() => []);
  const runners = senders.map(({ rate, connections, from = 0 }, number) => ({
    number,
    connections,
    allowance: new Allowance({ rate, adapt: true }, undefined, 0),
    retry: from * 1000,
    flights: [] as { to: number; end(): void }[],
  }));
  let level = 0;
  let drained = 0;
  /** @returns the seconds until the reply, and whether it is taken */
  const offer = (count: number, now: number) => {
    const capacity = model.capacity(now / 1000) / 60_000;
    level = Math.max(0, level - (now - drained) * capacity);
    drained = now;
    if (level + count > Math.max(model.room, MOST))
      return { seconds: 0.02, isTaken: false };
    level += count;
    const through = level / capacity / 1000;
    return {
      seconds: model.synchronous ? 0.02 + through : 0.02,
      isTaken: true,
    };
  };
  for (let now = 0; now < seconds * 1000; ) {
    const second = Math.floor(now / 1000);
    for (const runner of runners) {
      const { number, allowance, connections } = runner;
      for (const flight of runner.flights.filter(({ to }) => to <= now))
        flight.end();
      runner.flights = runner.flights.filter(({ to }) => to > now);
      while (runner.retry <= now && runner.flights.length < connections) {
        const count = allowance.portion(MOST, "");
        const answer = allowance.take(count, "", now);
        if ("wait" in answer) {
          runner.retry = now + answer.wait;
          break;
        }
        const { seconds, isTaken } = offer(count, now);
        const row = (isTaken ? taken : refused)[number] ?? [];
        row[second] = (row[second] ?? 0) + count;
        const to = now + Math.ceil(seconds * 1000);
        const trouble = isTaken ? undefined : "452 4.3.1 queue full";
        runner.flights.push({
          to,
          end() {
            allowance.done(answer.grant, to);
            const turn = allowance.told({ count, seconds, trouble }, to);
            if (turn) turns[number]?.push({ ...turn, second });
            runner.retry = Math.min(runner.retry, to);
          },
        });
      }
    }
    const events = runners.flatMap(({ flights, connections, retry }) => [
      ...flights.map(({ to }) => to),
      ...(flights.length < connections ? [retry] : []),
    ]);
    now = Math.max(now + 1, Math.min(...events));
  }
  return { taken, refused, turns };
}

/** Messages a minute in some seconds. */
export function perMinute(row: readonly number[] = [], from = 0, to = 0) {
  const sum = row.slice(from, to).reduce((a, b) => a + b, 0);
  return (sum * 60) / (to - from);
}
