/**
 * What a runner may send now: all its limits in one, the smallest counts. It knows the time only
 * when it is told, and its records as values. Pure, but for the host's time zone.
 */
import type { Hours } from "../../base/hours.ts";
import { Books, type Draft, type Rates } from "./books.ts";
import type { Domain, DomainLimits } from "./domains.ts";
import { Governor, type Result, type Turn } from "./governor.ts";
import { Quiet } from "./quiet.ts";
import type { PaceRecord } from "./record.ts";
import { Steady } from "./steady.ts";
import type { Window } from "./window.ts";

/** As the section [outbound] of the settings has it. */
export interface Allowed extends Partial<Rates> {
  readonly rate: number;
  readonly domains?: Readonly<Record<string, DomainLimits>> | undefined;
  readonly quiet?: readonly Hours[] | undefined;
  readonly timezone?: string | undefined;
  /** Whether the relay is watched. */
  readonly adapt?: boolean | undefined;
}

/** Which limit says no: `slow` is the governor's. */
export type LimitName =
  | "rate"
  | "shared"
  | "daily"
  | "domain"
  | "quiet"
  | "slow";

/** Permission to send `count` messages; give it back with `done`. */
export interface Grant {
  readonly count: number;
}

/** A grant, or the milliseconds after which to ask again (sooner once anything in flight is done). */
export type Answer =
  | { readonly grant: Grant }
  | { readonly wait: number; readonly limit: LimitName };

/** What every limit is asked. */
interface Gate {
  portion(most: number): number;
  wait(count: number, time: number): number;
  enter(count: number, time: number): void;
  leave(count: number, used: number, time: number): void;
}

export class Allowance {
  readonly #steady: Steady;
  readonly #books: Books;
  readonly #quiet: Quiet;
  readonly #governor: Governor | undefined;
  readonly #gates: readonly (readonly [LimitName, Gate])[];
  readonly #flights = new Map<Grant, Domain | undefined>();

  /**
   * @param last the record of before a restart, see Books
   * @param now milliseconds since 1970
   */
  constructor(
    allowed: Allowed,
    last: PaceRecord | "unreadable" | undefined,
    now: number,
  ) {
    const { rate, shared_rate = 0, daily = 0, domains = {} } = allowed;
    this.#steady = new Steady(last === "unreadable" ? undefined : last?.at);
    const rates = { rate, shared_rate, daily };
    const books = new Books(rates, domains, last, this.#steady.at(now));
    this.#books = books;
    this.#quiet = new Quiet(allowed.quiet ?? [], allowed.timezone);
    this.#governor = allowed.adapt ? new Governor(books.perMinute) : undefined;
    this.#gates = [
      ["rate", books.rate],
      ["shared", books.shared],
      ["daily", books.daily],
      ...(this.#governor ? [["slow", this.#governor] as const] : []),
    ];
  }

  portion(most: number, domain: string): number {
    const own = this.#books.domains.find(domain);
    let least = own === undefined ? most : own.window.portion(most);
    for (const [, gate] of this.#gates) least = gate.portion(least);
    return least;
  }

  group(domain: string): string {
    return this.#books.domains.find(domain)?.name ?? "";
  }

  take(count: number, domain: string, now: number): Answer {
    const time = this.#steady.at(now);
    if (this.#books.grow(time)) this.#governor?.change(this.#books.perMinute);
    const own = this.#books.domains.find(domain);
    const refusal = this.#refusal(count, own, now, time);
    if (refusal !== undefined) return refusal;
    for (const [, gate] of this.#gates) gate.enter(count, time);
    own?.enter(count, time);
    const grant = { count };
    this.#flights.set(grant, own);
    return { grant };
  }

  done(grant: Grant, now: number, used: number = grant.count): void {
    const own = this.#flights.get(grant);
    if (!this.#flights.delete(grant)) return;
    const time = this.#steady.at(now);
    for (const [, gate] of this.#gates) gate.leave(grant.count, used, time);
    own?.leave(grant.count, used, time);
  }

  told(result: Result, now: number): Turn | undefined {
    return this.#governor?.told(result, this.#steady.at(now));
  }

  peers(count: number, rank: number | undefined, now: number): void {
    this.#books.peers(count, rank, this.#steady.at(now));
    this.#governor?.change(this.#books.perMinute);
  }

  change(rates: Partial<Rates>, now: number): void {
    this.#books.change(rates, this.#steady.at(now));
    this.#governor?.change(this.#books.perMinute);
  }

  get isLimited(): boolean {
    return this.#books.isLimited;
  }

  get recordDue(): boolean {
    return this.#books.recordDue;
  }

  granted(): ReadonlyMap<Window, number> {
    return this.#books.granted();
  }

  covers(granted: ReadonlyMap<Window, number>): boolean {
    return this.#books.covers(granted);
  }

  draft(now: number, last = false): Draft {
    return this.#books.draft(this.#steady.at(now), last);
  }

  recorded(draft: Draft): void {
    this.#books.recorded(draft);
  }

  /** The limit for which the wait is the longest; undefined where there is nothing to wait for. */
  #refusal(
    count: number,
    own: Domain | undefined,
    now: number,
    time: number,
  ): Answer | undefined {
    let wait = 0;
    let limit: LimitName = "quiet";
    const weigh = (name: LimitName, other: number) => {
      if (other <= wait) return;
      wait = other;
      limit = name;
    };
    weigh("quiet", (this.#quiet.until(now) ?? now) - now);
    for (const [name, gate] of this.#gates) weigh(name, gate.wait(count, time));
    if (own) weigh("domain", own.wait(count, time));
    return wait > 0 ? { wait, limit } : undefined;
  }
}
