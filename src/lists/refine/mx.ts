/**
 * A list by the mail servers of its domains, so that domains of one host share their transactions.
 * The DNS is asked many questions at once, but not for long: what it has not said by then counts
 * as if each domain had a server of its own, and only the order is worse for it. Answers are
 * remembered for a while, and that there are none a shorter while.
 */
import { Resolver } from "node:dns/promises";
import { type Clock, systemClock } from "../../base/clock.ts";
import { errnoOf } from "../../base/errors.ts";
import { type Asked, byDomain, domainsOf, type Refined } from "./refining.ts";

export interface Exchange {
  readonly exchange: string;
  readonly priority: number;
}

/** Asks the DNS; throws ENODATA or ENOTFOUND where there is no such record or domain. */
export type Resolve = (domain: string) => Promise<readonly Exchange[]>;

export interface Limits {
  /** Questions that are open at once. */
  readonly atOnce: number;
  /** Milliseconds for all questions of a list. */
  readonly total: number;
  /** Domains that are asked for, and remembered. */
  readonly domains: number;
  /** Milliseconds that an answer is good for, */
  readonly good: number;
  /** and no answer. */
  readonly silence: number;
}

const limits: Limits = {
  atOnce: 50,
  total: 10_000,
  domains: 50_000,
  good: 3600_000,
  silence: 60_000,
};

interface Known {
  /** In lower case; "" where the domain has none, or nobody said. */
  readonly exchange: string;
  readonly until: number;
}

export class Exchanges {
  readonly limits: Limits;
  readonly #resolve: Resolve;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  /** Until then the DNS is left alone: it said nothing at all. */
  #silentUntil = 0;

  constructor(resolve: Resolve, clock: Clock, some: Partial<Limits> = {}) {
    this.#resolve = resolve;
    this.#clock = clock;
    this.limits = { ...limits, ...some };
  }

  /** Its best mail server, as far as it is known; "" where it is not. */
  of(domain: string): string {
    return this.#known.get(domain)?.exchange ?? "";
  }

  /** Asks for those that are not known, the first ones first. @returns how many remain unknown */
  async learn(domains: readonly string[]): Promise<number> {
    const now = this.#clock.now();
    const wanted = domains
      .slice(0, this.limits.domains)
      .filter((domain) => (this.#known.get(domain)?.until ?? 0) <= now);
    if (wanted.length === 0) return 0;
    if (now < this.#silentUntil) return wanted.length;
    let next = 0;
    let answers = 0;
    let isOver = false;
    const ask = async () => {
      while (next < wanted.length && !isOver) {
        const domain = wanted[next++] as string;
        if (await this.#ask(domain)) answers += 1;
      }
    };
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, this.limits.total);
    const asking = Array.from({ length: this.limits.atOnce }, ask);
    await Promise.race([Promise.all(asking), late.promise]);
    isOver = true;
    clearTimeout(timer);
    if (answers === 0)
      this.#silentUntil = this.#clock.now() + this.limits.silence;
    return wanted.length - answers;
  }

  /** @returns whether the DNS has answered */
  async #ask(domain: string): Promise<boolean> {
    let exchange = "";
    let isAnswered = true;
    try {
      exchange = best(await this.#resolve(domain));
    } catch (error) {
      isAnswered = ["ENODATA", "ENOTFOUND", "EBADNAME"].includes(
        errnoOf(error) ?? "",
      );
    }
    const { good, silence, domains } = this.limits;
    const until = this.#clock.now() + (isAnswered ? good : silence);
    this.#known.delete(domain);
    this.#known.set(domain, { exchange, until });
    // The oldest goes.
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= domains) break;
      this.#known.delete(oldest);
    }
    return isAnswered;
  }
}

/** The first by preference (RFC 5321 §5.1); among equals by name, so that it is always the same. */
function best(found: readonly Exchange[]): string {
  const [first] = found.toSorted(
    (a, b) => a.priority - b.priority || (a.exchange < b.exchange ? -1 : 1),
  );
  return first?.exchange.toLowerCase().replace(/\.$/, "") ?? "";
}

const resolver = new Resolver({ timeout: 2000, tries: 2 });

/** What this process knows of the world's mail servers. */
export const exchanges = new Exchanges(
  (domain) => resolver.resolveMx(domain),
  systemClock,
);

/** A list sorted by the mail servers of its domains. */
export async function byExchange(
  asked: Asked,
  known: Exchanges,
): Promise<Refined> {
  const domains = await domainsOf(asked, known.limits.domains);
  const unknown = await known.learn(domains.filter((domain) => domain !== ""));
  if (unknown > 0)
    asked.log(
      `the DNS did not tell the mail server of ${unknown} of ${domains.length} domains`,
    );
  // As it is known now: answers that come late must not change the order in the middle.
  const servers = new Map(domains.map((domain) => [domain, known.of(domain)]));
  // A domain without MX is its own server.
  return byDomain(
    asked,
    (domain) => `${servers.get(domain) || domain}\0${domain}`,
  );
}
