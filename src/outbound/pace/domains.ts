/**
 * Limits of single destination domains: messages a minute, and transactions at once. Names are
 * compared without case, and as the DNS has them (RFC 5890 A-labels). Pure.
 */
import { canonicalDomain } from "../../mail/address.ts";
import { AGAIN, type Measure, minute, type Window } from "./window.ts";

/** What the settings say of a domain; 0: no limit. */
export interface DomainLimits {
  readonly rate: number;
  readonly connections: number;
}

/** Coarse, for there may be many domains, and all of them are in every record. */
export const domainMinute: Measure = { ...minute, bucket: 2000 };

export class Domain {
  readonly name: string;
  readonly window: Window;
  readonly #connections: number;
  #open = 0;

  constructor(name: string, connections: number, window: Window) {
    this.name = name;
    this.window = window;
    this.#connections =
      connections === 0 ? Number.POSITIVE_INFINITY : connections;
  }

  /** As that of a window. */
  wait(count: number, time: number): number {
    const wait = this.window.wait(count, time);
    return this.#open < this.#connections ? wait : Math.max(wait, AGAIN);
  }

  enter(count: number, time: number): void {
    this.#open += 1;
    this.window.enter(count, time);
  }

  leave(count: number, used: number, time: number): void {
    this.#open -= 1;
    this.window.leave(count, used, time);
  }

  /** How much may be in reserve: one at least, or each message would need a record. */
  get reserve(): number {
    return Math.max(1, this.window.reserve);
  }
}

export class Domains {
  readonly #known: ReadonlyMap<string, Domain>;

  /** @param window makes that of a domain; of the limit, Number.POSITIVE_INFINITY where there is none */
  constructor(
    limits: Readonly<Record<string, DomainLimits>>,
    window: (name: string, limit: number) => Window,
  ) {
    this.#known = new Map(
      Object.entries(limits).map(([written, { rate, connections }]) => {
        const name = canonicalDomain(written) ?? written;
        const limit = rate === 0 ? Number.POSITIVE_INFINITY : rate;
        return [name, new Domain(name, connections, window(name, limit))];
      }),
    );
  }

  /** The domain of that name, however it is written; undefined for one without limits. */
  find(domain: string): Domain | undefined {
    if (this.#known.size === 0 || domain === "") return undefined;
    const found = this.#known.get(domain);
    // Most are written as they are compared.
    if (found || !/[^!-@[-~]/.test(domain)) return found;
    return this.#known.get(canonicalDomain(domain) ?? "");
  }

  all(): Iterable<Domain> {
    return this.#known.values();
  }
}
