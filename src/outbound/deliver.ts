/**
 * Brings one message to its recipients, transaction by transaction, at the runner's pace. The
 * consumer notes each yield on disk before it asks for the next: so after a crash no more than the
 * transactions in flight (one, unless `connections` says more) are repeated.
 */
import { failpoint } from "../base/failpoint.ts";
import type { Piece } from "../base/pieces.ts";
import { type Outcome, outcome } from "./outcome.ts";
import type { Grant } from "./pace.ts";
import { portions } from "./portion.ts";
import type { Relay } from "./smtp.ts";

/** Recipients in one yield once the relay is given up. */
const REST = 1000;
/** Conversations that break off in a row until the relay is given up. */
const PATIENCE = 2;

export interface Delivery {
  readonly recipients: AsyncIterable<string>;
  readonly content: readonly Piece[];
  readonly sender: string;
  readonly relay: Pick<Relay, "send">;
  readonly pace: {
    portion(most: number): number;
    take(count: number, signal?: AbortSignal): Promise<Grant>;
    done(grant: Grant, used?: number): void;
  };
  /** Most recipients in a transaction. */
  readonly most: number;
  /** No transaction is begun once it is aborted; those in flight end and are yielded, then its
   * reason is thrown. */
  readonly signal?: AbortSignal;
  /** Asked right before each transaction, for the wait may have been a long sleep of the host: false
   * where the message is somebody else's now, and then the signal is aborted. */
  readonly holds?: () => boolean;
  /** Most transactions at a time, 1 by default. */
  readonly connections?: number;
}

/**
 * @returns the outcomes of one transaction at a time. Once the relay cannot be reached, the rest is
 *   `later` without another try. Throws the signal's reason, and what reading the message or the
 *   recipients throws.
 */
export async function* deliver(delivery: Delivery): AsyncGenerator<Outcome[]> {
  const { signal, connections = 1 } = delivery;
  const source = delivery.recipients[Symbol.asyncIterator]();
  const batches = portions(
    shared(source),
    delivery.pace.portion(delivery.most),
  );
  const breaker = new Breaker();
  const flights = new Map<number, Promise<Flight>>();
  let launched = 0;
  let exhausted = false;
  try {
    for (;;) {
      while (flights.size < connections && !exhausted && !breaker.open) {
        if (signal?.aborted) break;
        const next = await batches.next();
        if (next.done) exhausted = true;
        else {
          launched += 1;
          const flight = fly(delivery, next.value, breaker, launched);
          // Its failure is met at the race below, however late that is.
          flight.catch(() => {});
          flights.set(launched, flight);
        }
      }
      if (flights.size === 0) break;
      const { number, outcomes } = await Promise.race(flights.values());
      flights.delete(number);
      if (outcomes !== undefined) yield outcomes;
    }
    signal?.throwIfAborted();
    for await (const rest of portions(shared(source), REST))
      yield breaker.later(rest);
  } finally {
    await Promise.allSettled(flights.values());
    await source.return?.();
  }
}

interface Flight {
  readonly number: number;
  /** Undefined when it was called off before it began. */
  readonly outcomes: Outcome[] | undefined;
}

async function fly(
  delivery: Delivery,
  recipients: readonly string[],
  breaker: Breaker,
  number: number,
): Promise<Flight> {
  const { pace, relay, sender, content, signal } = delivery;
  let grant: Grant;
  try {
    grant = await pace.take(recipients.length, signal);
  } catch (error) {
    if (signal?.aborted) return { number, outcomes: undefined };
    throw error;
  }
  let used = 0;
  try {
    if (breaker.open) return { number, outcomes: breaker.later(recipients) };
    if (delivery.holds?.() === false) return { number, outcomes: undefined };
    used = grant.count;
    failpoint("before-transaction");
    const outcomes = await relay.send({ sender, recipients, content });
    failpoint("transaction-sent");
    if (breaker.judge(outcomes) === "unreachable") used = 0;
    return { number, outcomes };
  } finally {
    pace.done(grant, used);
  }
}

/** Opens when the relay is not worth another try for this message. */
class Breaker {
  #broken = 0;
  #reply: string | undefined;

  get open(): boolean {
    return this.#reply !== undefined;
  }

  judge(outcomes: readonly Outcome[]): Outcome["trouble"] {
    const troubled = outcomes.find((it) => it.trouble !== undefined);
    const progress = outcomes.some((it) => it.trouble === undefined);
    this.#broken = progress ? 0 : this.#broken + 1;
    if (troubled?.trouble === "unreachable" || this.#broken >= PATIENCE)
      this.#reply ??= troubled?.reply;
    return troubled?.trouble;
  }

  later(recipients: readonly string[]): Outcome[] {
    const reply = this.#reply ?? "";
    return recipients.map((it) => outcome(it, "later", reply, "unreachable"));
  }
}

/** The same iterator for several loops, none of which ends it. */
function shared(source: AsyncIterator<string>): AsyncIterable<string> {
  return { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) };
}
