/**
 * All deliveries of a runner: which of them gets the next transaction, on which connection, and when.
 * What nobody can send for long goes back to the queue: a relay that is not there, quiet hours, a limit
 * that is reached. Connections are couriers (courier.ts); the limits are in pace/.
 */

import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { type Log, plural } from "../base/log.ts";
import { Courier, type Office } from "./courier.ts";
import { Health } from "./health.ts";
import type { Outcome } from "./outcome.ts";
import type { Grant } from "./pace/allowance.ts";
import { sentence } from "./pace/governor.ts";
import type { Limits } from "./pace/limits.ts";
import { signIn } from "./pace/sign.ts";
import { Rotation } from "./rotation.ts";
import {
  type Gate,
  type Parcel,
  Shipment,
  type ShipmentGiven,
} from "./shipment.ts";
import type { Extensions } from "./smtp/extensions.ts";
import type { Session } from "./smtp/session.ts";
import type { Transaction } from "./smtp/transaction.ts";

/** How long an idle connection is kept, in milliseconds. */
const IDLE = 30_000;
/** A wait of more milliseconds than this is spent in the queue, not in memory. */
const LONG = 120_000;
/** How long a relay that takes no further connection is not asked for one, in milliseconds. */
const FULL = 60_000;

export interface DispatchOptions {
  /** Opens a conversation. Throws where none can be had. */
  open(signal: AbortSignal): Promise<Session>;
  readonly limits: Limits;
  /** Most connections at once. */
  readonly connections: number;
  readonly clock: Clock;
  readonly log: Log;
  /** The relay, as log lines name it. */
  readonly relay: string;
}

export class Dispatch implements Office {
  readonly #given: DispatchOptions;
  readonly #health = new Health();
  readonly #riders = new Rotation<Shipment>();
  /** Couriers at work or idle. */
  readonly #couriers = new Map<Courier, Promise<void>>();
  readonly #idle: (() => void)[] = [];
  #closedUntil = 0;
  /** Which limit says so. */
  #closedBy = "";
  #offers: Extensions | undefined;
  #asking: Promise<void> | undefined;
  /** A connection was had since all had ended, or could not be had. */
  #isThere = false;
  /** Milliseconds since 1970 before which no further connection is opened. */
  #fullUntil = 0;
  #timer: NodeJS.Timeout | undefined;
  #wakeAt = Number.POSITIVE_INFINITY;
  #ending = false;
  /** There is work, and no limit lets any of it go. */
  #blocked = false;

  /** The limits, and what the relay takes at once (RFC 9422). */
  readonly #gate: Gate<Grant>;

  constructor(given: DispatchOptions) {
    this.#given = given;
    const { limits } = given;
    this.#gate = {
      portion: (most, domain) =>
        limits.portion(
          Math.min(most, this.#offers?.recipientMax ?? most),
          domain,
        ),
      take: (count, domain) => limits.take(count, domain),
    };
  }

  /** Milliseconds since 1970 before which nothing can be sent: it had better wait in the queue. */
  get closedUntil(): number {
    return Math.max(this.#closedUntil, this.#health.until);
  }

  /**
   * Delivers an entry.
   * @returns outcomes of some transactions at a time; those of each are on disk when the next is asked
   *   for. Throws the signal's reason, and what reading the message throws.
   */
  async *deliver(given: ShipmentGiven): AsyncGenerator<Outcome[]> {
    const shipment = new Shipment(given);
    const stop = () => {
      for (const courier of this.#couriers.keys()) courier.stop();
    };
    given.signal.addEventListener("abort", stop, { once: true });
    this.#riders.add(shipment);
    this.#turnAway(shipment);
    this.#unblock();
    try {
      yield* shipment.outcomes();
    } finally {
      given.signal.removeEventListener("abort", stop);
      this.#riders.remove(shipment);
      shipment.drop();
    }
  }

  /** What the relay announced last; it is asked where it was not yet. Undefined: it cannot be reached. */
  async offers(signal: AbortSignal): Promise<Extensions | undefined> {
    if (this.#offers || this.isClosed()) return this.#offers;
    this.#asking ??= this.#ask(signal).finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
    return this.#offers;
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { open, clock, log, relay } = this.#given;
    try {
      const session = await open(signal);
      this.#offers = session.offers;
      await session.quit();
    } catch (error) {
      const reply = `no relay at ${relay}: ${messageOf(error)}`;
      if (this.#health.failed(reply, Math.random(), clock.now()))
        log("relay", `${reply}; ${this.#interval()}`);
    }
  }

  /** Something may have changed: limits, the time, a peer. */
  wake(): void {
    this.#closedUntil = 0;
    this.#unblock();
  }

  /** After the last delivery: connections are ended. */
  async close(): Promise<void> {
    this.#ending = true;
    clearTimeout(this.#timer);
    for (const wake of this.#idle.splice(0)) wake();
    await Promise.all(this.#couriers.values());
  }

  /** What comes while nothing can be sent goes back to the queue at once. */
  #turnAway(shipment: Shipment): void {
    if (!this.isClosed()) return;
    const after = Math.ceil(this.closedUntil / 1000);
    const { until, reason } = this.#health;
    if (until > this.#given.clock.now()) shipment.giveUp(reason, { after });
    else shipment.giveUp(this.#closedBy, { after, limited: true });
  }

  /** Sets connections to work, as many as there is work for. */
  #unblock(): void {
    this.#blocked = false;
    this.#kick();
  }

  #kick(): void {
    if (this.#ending || this.#blocked || this.isClosed()) return;
    if (!this.#hasWork()) return;
    const idle = this.#idle.pop();
    if (idle) idle();
    else if (this.#couriers.size < this.#most()) this.#begin();
  }

  /**
   * One connection is to show that the relay is there before others are opened; and where it takes no
   * further one, it is not asked again for a while.
   */
  #most(): number {
    const { connections, clock } = this.#given;
    if (!this.#isThere) return 1;
    return clock.now() < this.#fullUntil ? this.#couriers.size : connections;
  }

  /** Whether a conversation is under way. */
  #isTalking(): boolean {
    for (const courier of this.#couriers.keys())
      if (courier.isTalking) return true;
    return false;
  }

  #hasWork(): boolean {
    for (const shipment of this.#riders.all())
      if (shipment.hasLeft) return true;
    return false;
  }

  #begin(): void {
    const courier = new Courier(this);
    const work = courier
      .work()
      .catch((error) => {
        this.#given.log("outbound", `a connection failed: ${messageOf(error)}`);
      })
      .finally(() => {
        this.#couriers.delete(courier);
        if (this.#couriers.size === 0) this.#isThere = false;
        this.#kick();
      });
    this.#couriers.set(courier, work);
  }

  isClosed(): boolean {
    return this.closedUntil > this.#given.clock.now();
  }

  taken(): void {
    this.#kick();
  }

  async recorded(): Promise<void> {
    const { limits } = this.#given;
    if (limits.recordDue) await limits.record();
  }

  fail(error: unknown, parcel: Parcel<Grant>): void {
    this.#given.limits.done(parcel.grant, 0);
    parcel.shipment.fail(error, parcel);
  }

  /** As far as limits let one go. */
  next(): Parcel<Grant> | undefined {
    const { clock } = this.#given;
    const waiting = new Set<Shipment>();
    let shortest = Number.POSITIVE_INFINITY;
    for (;;) {
      const shipment = this.#riders.next(
        (it) => it.hasLeft && !waiting.has(it),
      );
      if (!shipment) break;
      const taken = shipment.take(this.#gate);
      if (taken && "grant" in taken) {
        this.#riders.serve(shipment);
        return taken;
      }
      waiting.add(shipment);
      if (!taken) continue;
      const until = clock.now() + taken.wait;
      if (taken.wait > LONG) this.#postpone(shipment, taken.limit, until);
      else shortest = Math.min(shortest, until);
      if (taken.limit !== "domain") break;
    }
    this.#blocked = waiting.size > 0;
    this.#wakeUp(shortest);
    return undefined;
  }

  /** A long wait is spent in the queue. @param until milliseconds since 1970 */
  #postpone(shipment: Shipment, limit: string, until: number): void {
    const after = Math.ceil(until / 1000);
    if (limit === "domain") {
      shipment.giveUp("the limit of its domain is reached", {
        after,
        limited: true,
      });
      return;
    }
    if (until > this.#closedUntil)
      this.#given.log(
        "outbound",
        `${reasonOf(limit)}: nothing is sent before ${new Date(until).toISOString().slice(0, 19)}`,
      );
    this.#closedUntil = until;
    this.#closedBy = reasonOf(limit);
    this.#letAlone();
  }

  #wakeUp(at: number): void {
    if (at >= this.#wakeAt) return;
    clearTimeout(this.#timer);
    this.#wakeAt = at;
    const wait = Math.max(at - this.#given.clock.now(), 0);
    this.#timer = setTimeout(() => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#unblock();
    }, wait);
  }

  rest(session: Session | undefined): Promise<boolean> {
    if (!session?.alive || this.#ending) return Promise.resolve(false);
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        resolve(!this.#ending);
      };
      const timer = setTimeout(() => {
        const at = this.#idle.indexOf(wake);
        if (at >= 0) this.#idle.splice(at, 1);
        resolve(false);
      }, IDLE);
      timer.unref();
      this.#idle.push(wake);
    });
  }

  async open(parcel: Parcel<Grant>): Promise<Session | undefined> {
    const { open, relay, clock } = this.#given;
    if (clock.now() < this.#fullUntil && this.#isTalking()) {
      this.giveBack(parcel);
      return undefined;
    }
    try {
      const session = await open(parcel.shipment.signal);
      this.#isThere = true;
      this.#offers = session.offers;
      return session;
    } catch (error) {
      this.#missed(parcel, `no relay at ${relay}: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** No conversation could be had for a parcel. */
  #missed(parcel: Parcel<Grant>, reply: string): void {
    const { clock, log } = this.#given;
    const now = clock.now();
    if (this.#isTalking()) {
      if (now >= this.#fullUntil)
        log("relay", `no further connection: ${reply}`);
      this.#fullUntil = now + FULL;
      this.giveBack(parcel);
      return;
    }
    this.#isThere = false;
    const isNews = this.#health.failed(reply, Math.random(), now);
    this.#given.limits.done(parcel.grant, 0);
    parcel.shipment.giveBack(parcel);
    if (isNews && !parcel.shipment.signal.aborted)
      log("relay", `${reply}; ${this.#interval()}`);
    this.#letAlone();
  }

  #interval(): string {
    const seconds = (this.#health.until - this.#given.clock.now()) / 1000;
    return `the next connection is tried in ${plural(Math.ceil(seconds), "second", "seconds")}`;
  }

  /** What waits goes back to the queue, untried. */
  #letAlone(): void {
    for (const rider of this.#riders.all()) this.#turnAway(rider);
  }

  giveBack(parcel: Parcel<Grant>): void {
    this.#given.limits.done(parcel.grant, 0);
    this.#blocked = false;
    parcel.shipment.giveBack(parcel);
    this.#turnAway(parcel.shipment);
  }

  settle(
    parcel: Parcel<Grant>,
    transaction: Transaction,
    isFirst: boolean,
  ): void {
    const { limits, log, relay, clock } = this.#given;
    const { outcomes, begun } = transaction;
    const [first] = outcomes;
    const broken = outcomes.find(({ trouble }) => trouble !== undefined);
    const isCut = broken !== undefined || first?.reply.startsWith("421");
    // A kept conversation had ended before it heard of this message.
    if (isCut && !begun && !isFirst) {
      this.giveBack(parcel);
      return;
    }
    // One that turns us away right after the greeting is not there.
    if (isCut && !begun && !broken) {
      this.#missed(parcel, `${relay}: ${first?.reply}`);
      return;
    }
    limits.done(parcel.grant);
    this.#blocked = false;
    const turn = limits.told({
      count: parcel.recipients.length,
      seconds: transaction.replySeconds,
      trouble: signIn(outcomes),
    });
    if (turn) log("outbound", sentence(turn));
    if (broken) {
      const reply = `${relay}: ${broken.reply}`;
      if (this.#health.broke(reply, Math.random(), clock.now())) {
        log("relay", `${reply}; ${this.#interval()}`);
        parcel.shipment.settle(parcel, outcomes);
        this.#letAlone();
        return;
      }
    } else if (this.#health.worked()) log("relay", `${relay} is back`);
    parcel.shipment.settle(parcel, outcomes);
  }
}

function reasonOf(limit: string): string {
  switch (limit) {
    case "quiet":
      return "these are quiet hours";
    case "daily":
      return "the day's limit is reached";
    default:
      return "the limit is reached";
  }
}
