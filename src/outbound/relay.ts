/**
 * The relay as all connections of a runner know it: what it offers, whether it can be spoken to, and
 * whether it takes any more of them. What becomes of it is told in the log.
 */
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { type Log, plural } from "../base/log.ts";
import { Health } from "./health.ts";
import type { Extensions } from "./smtp/extensions.ts";
import type { Session } from "./smtp/session.ts";

/** How long a relay that takes no further connection is not asked for one, in milliseconds. */
const FULL = 60_000;

export interface RelayGiven {
  /** Opens a conversation. Throws where none can be had. */
  open(signal: AbortSignal): Promise<Session>;
  readonly clock: Clock;
  readonly log: Log;
  /** As log lines name it. */
  readonly relay: string;
}

export class Relay {
  readonly #given: RelayGiven;
  readonly #health = new Health();
  #offers: Extensions | undefined;
  #asking: Promise<void> | undefined;
  /** A connection was had since all had ended, or could not be had. */
  #isThere = false;
  /** Milliseconds since 1970 before which no further connection is opened. */
  #fullUntil = 0;

  constructor(given: RelayGiven) {
    this.#given = given;
  }

  /** What it announced last. */
  get offers(): Extensions | undefined {
    return this.#offers;
  }

  /** Milliseconds since 1970 before which it is let alone; 0 where it is well. */
  get awayUntil(): number {
    return this.#health.until;
  }

  /** Why it is let alone, or was last. */
  get reason(): string {
    return this.#health.reason;
  }

  /** It takes no further connection just now. */
  get isFull(): boolean {
    return this.#given.clock.now() < this.#fullUntil;
  }

  /**
   * Most connections now: one is to show that the relay is there before others are opened, and where
   * it takes no further one, it is not asked again for a while.
   * @param most by the settings
   * @param open how many there are
   */
  most(most: number, open: number): number {
    if (!this.#isThere) return 1;
    return this.isFull ? open : most;
  }

  /** Opens a conversation. Throws why none can be had, in words that name the relay. */
  async open(signal: AbortSignal): Promise<Session> {
    const session = await this.#opened(signal);
    this.#isThere = true;
    return session;
  }

  async #opened(signal: AbortSignal): Promise<Session> {
    const { open, relay } = this.#given;
    try {
      const session = await open(signal);
      this.#offers = session.offers;
      return session;
    } catch (error) {
      throw new Error(`no relay at ${relay}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  /** Asks what it offers, once for all who want to know. Never throws. */
  ask(signal: AbortSignal): Promise<void> {
    this.#asking ??= this.#ask(signal).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(signal: AbortSignal): Promise<void> {
    try {
      const session = await this.#opened(signal);
      await session.quit();
    } catch (error) {
      const reply = messageOf(error);
      if (this.#failed(reply)) this.#tell(reply);
    }
  }

  /** All connections have ended. */
  left(): void {
    this.#isThere = false;
  }

  /** No further connection could be had, while others are in use. */
  full(reply: string): void {
    const { log, clock } = this.#given;
    if (!this.isFull) log("relay", `no further connection: ${reply}`);
    this.#fullUntil = clock.now() + FULL;
  }

  /** No connection could be had at all. @param isWanted whether people should know */
  missing(reply: string, isWanted: boolean): void {
    this.#isThere = false;
    if (this.#failed(reply) && isWanted) this.#tell(reply);
  }

  /** A transaction broke off. @returns whether the relay is let alone from now on */
  broke(words: string): boolean {
    const reply = `${this.#given.relay}: ${words}`;
    const { clock } = this.#given;
    if (!this.#health.broke(reply, Math.random(), clock.now())) return false;
    this.#tell(reply);
    return true;
  }

  /** A transaction came to its end. */
  worked(): void {
    const { log, relay } = this.#given;
    if (this.#health.worked()) log("relay", `${relay} is back`);
  }

  #failed(reply: string): boolean {
    return this.#health.failed(reply, Math.random(), this.#given.clock.now());
  }

  #tell(reply: string): void {
    const { log, clock } = this.#given;
    const seconds = Math.ceil((this.#health.until - clock.now()) / 1000);
    log(
      "relay",
      `${reply}; the next connection is tried in ${plural(seconds, "second", "seconds")}`,
    );
  }
}
