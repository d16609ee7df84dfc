/**
 * All deliveries of a runner: which of them gets the next transaction, on which connection, and when.
 * What nobody can send for long goes back to the queue: a relay that is not there, quiet hours, a limit
 * that is reached. Connections are couriers (courier.ts); the limits are in pace/; what is known of the
 * relay is in relay.ts.
 */
import { messageOf } from "../base/errors.ts";
import { Courier, type Office } from "./courier.ts";
import { Idle } from "./idle.ts";
import type { Outcome } from "./outcome.ts";
import type { Grant } from "./pace/allowance.ts";
import { sentence } from "./pace/governor.ts";
import type { Limits } from "./pace/limits.ts";
import { signIn } from "./pace/sign.ts";
import { Speed } from "./pace/speed.ts";
import { Relay, type RelayGiven } from "./relay.ts";
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

/** A wait of more milliseconds than this is spent in the queue, not in memory. */
const LONG = 120_000;

export interface DispatchOptions extends RelayGiven {
  readonly limits: Limits;
  /** Most connections at once. */
  readonly connections: number;
}

export class Dispatch implements Office {
  /** Of what the relay took. */
  readonly speed = new Speed();
  readonly #given: DispatchOptions;
  readonly #relay: Relay;
  readonly #riders = new Rotation<Shipment>();
  /** Couriers at work or idle. */
  readonly #couriers = new Map<Courier, Promise<void>>();
  readonly #idle = new Idle();
  #closedUntil = 0;
  /** Which limit says so. */
  #closedBy = "";
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
    const relay = new Relay(given);
    this.#relay = relay;
    this.#gate = {
      portion: (most, domain) =>
        limits.portion(
          Math.min(most, relay.offers?.recipientMax ?? most),
          domain,
        ),
      take: (count, domain) => limits.take(count, domain),
    };
  }

  /** Milliseconds since 1970 before which nothing can be sent: it had better wait in the queue. */
  get closedUntil(): number {
    return Math.max(this.#closedUntil, this.#relay.awayUntil);
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
    if (!this.#relay.offers && !this.isClosed()) await this.#relay.ask(signal);
    return this.#relay.offers;
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
    this.#idle.close();
    await Promise.all(this.#couriers.values());
  }

  /** What comes while nothing can be sent goes back to the queue at once. */
  #turnAway(shipment: Shipment): void {
    if (!this.isClosed()) return;
    const after = Math.ceil(this.closedUntil / 1000);
    const { awayUntil, reason } = this.#relay;
    if (awayUntil > this.#given.clock.now()) shipment.giveUp(reason, { after });
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
    if (this.#idle.wake()) return;
    const { size } = this.#couriers;
    if (size < this.#relay.most(this.#given.connections, size)) this.#begin();
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
        if (this.#couriers.size === 0) this.#relay.left();
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
    return this.#idle.wait();
  }

  async open(parcel: Parcel<Grant>): Promise<Session | undefined> {
    if (this.#relay.isFull && this.#isTalking()) {
      this.giveBack(parcel);
      return undefined;
    }
    try {
      return await this.#relay.open(parcel.shipment.signal);
    } catch (error) {
      this.#missed(parcel, messageOf(error));
      return undefined;
    }
  }

  /** No conversation could be had for a parcel. */
  #missed(parcel: Parcel<Grant>, reply: string): void {
    if (this.#isTalking()) {
      this.#relay.full(reply);
      this.giveBack(parcel);
      return;
    }
    this.#relay.missing(reply, !parcel.shipment.signal.aborted);
    this.#given.limits.done(parcel.grant, 0);
    parcel.shipment.giveBack(parcel);
    this.#letAlone();
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
    const { limits, log, relay } = this.#given;
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
    const sent = outcomes.filter(({ kind }) => kind === "sent").length;
    this.speed.add(sent, this.#given.clock.now());
    const turn = limits.told({
      count: parcel.recipients.length,
      seconds: transaction.replySeconds,
      trouble: signIn(outcomes),
    });
    if (turn) log("outbound", sentence(turn));
    const isAway = broken !== undefined && this.#relay.broke(broken.reply);
    if (!broken) this.#relay.worked();
    parcel.shipment.settle(parcel, outcomes);
    if (isAway) this.#letAlone();
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
