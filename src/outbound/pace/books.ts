/**
 * The exact limits of a runner: a window for each, and what a restart must know of all of them.
 * Times are milliseconds that never go back. Pure.
 */
import { type DomainLimits, Domains, domainMinute } from "./domains.ts";
import type { PaceRecord } from "./record.ts";
import { Share } from "./share.ts";
import {
  day,
  type Measure,
  minute,
  Window,
  type WindowRecord,
} from "./window.ts";

/** Messages; 0: no limit. */
export interface Rates {
  /** Of this runner, a minute. */
  readonly rate: number;
  /** Of all runners together, a minute. */
  readonly shared_rate: number;
  /** Of all runners together, in 24 hours. */
  readonly daily: number;
}

/** A record, and how much each window has granted or in reserve once it is on disk. */
export interface Draft {
  readonly record: PaceRecord;
  readonly covered: ReadonlyMap<Window, number>;
}

export class Books {
  readonly rate: Window;
  readonly shared: Window;
  readonly daily: Window;
  readonly domains: Domains;
  readonly #windows: readonly Window[];
  readonly #share = new Share();
  #rates: Rates;

  /**
   * @param last the record of before a restart; undefined for a first start, "unreadable" counts as
   *   whole windows' worth sent just now
   */
  constructor(
    rates: Rates,
    domains: Readonly<Record<string, DomainLimits>>,
    last: PaceRecord | "unreadable" | undefined,
    time: number,
  ) {
    const known = last === "unreadable" ? undefined : last;
    const window = (name: string, measure: Measure, limit: number) => {
      const record = known?.windows[name];
      return record !== undefined || last === "unreadable"
        ? Window.restored(measure, limit, record, known?.at ?? time, time)
        : new Window(measure, limit);
    };
    this.#rates = rates;
    this.rate = window("rate", minute, orNone(rates.rate));
    this.shared = window("shared", minute, orNone(rates.shared_rate));
    this.daily = window("daily", day, orNone(rates.daily));
    this.domains = new Domains(domains, (name, limit) =>
      window(`@${name}`, domainMinute, limit),
    );
    const own = [...this.domains.all()].map((domain) => domain.window);
    this.#windows = [this.rate, this.shared, this.daily, ...own];
    this.#divide(time);
  }

  peers(count: number, rank: number | undefined, time: number): void {
    this.#share.look(count, rank, time);
    this.#divide(time);
  }

  /** Lets shares grow whose time has come. @returns whether there were any */
  grow(time: number): boolean {
    if (time < this.#share.growsAt) return false;
    this.#share.forget(time);
    this.#divide(time);
    return true;
  }

  change(rates: Partial<Rates>, time: number): void {
    this.#rates = { ...this.#rates, ...rates };
    this.rate.change(orNone(this.#rates.rate), time);
    this.#divide(time);
  }

  /** Messages a minute that this runner may send at most; Infinity for no limit. */
  get perMinute(): number {
    // A share of nothing says nothing of what the relay can do.
    return Math.min(this.rate.limit, orNone(this.shared.limit));
  }

  /** Whether there is a limit that a restart must know of. */
  get isLimited(): boolean {
    return this.#windows.some(({ isLimited }) => isLimited);
  }

  /** Whether something was granted that a restart would not know of. */
  get recordDue(): boolean {
    return this.#windows.some(({ recordDue }) => recordDue);
  }

  /** What the windows have granted so far. */
  granted(): ReadonlyMap<Window, number> {
    return new Map(this.#windows.map((window) => [window, window.granted]));
  }

  /** Whether a restart would know of all that was granted by then, or have it in reserve. */
  covers(granted: ReadonlyMap<Window, number>): boolean {
    return [...granted].every(
      ([window, count]) => !window.isLimited || window.covered >= count,
    );
  }

  /** @param last true when nothing more will be granted, so that nothing need be in reserve */
  draft(time: number, last = false): Draft {
    const windows: Record<string, WindowRecord> = {};
    const covered = new Map<Window, number>();
    const put = (name: string, window: Window, reserve: number) => {
      const held = last ? 0 : reserve;
      const most = window.isLimited ? window.granted + held : 0;
      window.uncover(most);
      if (!window.isLimited) return;
      windows[name] = window.record(held, time);
      covered.set(window, most);
    };
    const { rate, shared, daily } = this;
    const reserve = Math.min(rate.reserve, shared.reserve, daily.reserve);
    put("rate", rate, reserve);
    put("shared", shared, reserve);
    put("daily", daily, reserve);
    for (const domain of this.domains.all())
      put(`@${domain.name}`, domain.window, Math.min(reserve, domain.reserve));
    return { record: { at: time, windows }, covered };
  }

  /** Notes that a draft is on disk. */
  recorded(draft: Draft): void {
    for (const [window, covered] of draft.covered) window.recorded(covered);
  }

  /** Gives the limits that all have together their shares; nothing goes before these are known. */
  #divide(time: number): void {
    const { shared_rate, daily } = this.#rates;
    this.shared.change(this.#share.of(orNone(shared_rate)), time);
    this.daily.change(this.#share.of(orNone(daily)), time);
  }
}

function orNone(limit: number): number {
  return limit === 0 ? Number.POSITIVE_INFINITY : limit;
}
