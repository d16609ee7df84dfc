/**
 * A connection at work: it sends one parcel after the other and begins no content before the outcome
 * of the one before is on disk; so a crash repeats no more than one parcel of each connection. While it
 * waits for a reply, the commands of the next parcel are on their way already.
 */
import { failpoint } from "../base/failpoint.ts";
import type { Grant } from "./pace/allowance.ts";
import type { Parcel } from "./shipment.ts";
import type { Session } from "./smtp/session.ts";
import type { Offer, Transaction } from "./smtp/transaction.ts";

/** Whoever hands out parcels, and is told what became of them. */
export interface Office {
  /** Nothing can be sent just now. */
  isClosed(): boolean;
  /** The parcel whose turn it is. */
  next(): Parcel<Grant> | undefined;
  /** A parcel was taken; others may take further ones. */
  taken(): void;
  /** Opens a conversation for a parcel; undefined where none can be had, and then the parcel is seen to. */
  open(parcel: Parcel<Grant>): Promise<Session | undefined>;
  /** Waits for work. @returns false where the connection is not needed any more */
  rest(session: Session | undefined): Promise<boolean>;
  /** Resolves once what was granted is on disk. */
  recorded(): Promise<void>;
  /** Its recipients are next again: nothing was sent. */
  giveBack(parcel: Parcel<Grant>): void;
  /** @param isFirst the first transaction of its conversation */
  settle(
    parcel: Parcel<Grant>,
    transaction: Transaction,
    isFirst: boolean,
  ): void;
  /** The message could not be read, or a grant not be noted. */
  fail(error: unknown, parcel: Parcel<Grant>): void;
}

/** A parcel whose commands may be on their way already. */
interface Begun {
  readonly parcel: Parcel<Grant>;
  readonly offer: Offer;
  readonly isFirst: boolean;
}

/** A connection, as it stands. */
export class Courier {
  readonly #office: Office;
  #session: Session | undefined;
  #begun: Begun | undefined;
  #last: Parcel<Grant> | undefined;
  /** Content is on its way whose outcome is not known. */
  #isSending = false;

  constructor(office: Office) {
    this.#office = office;
  }

  /** Whether it has a conversation. */
  get isTalking(): boolean {
    return this.#session?.alive ?? false;
  }

  /** Works until nothing is to be sent any more, or can be. */
  async work(): Promise<void> {
    const office = this.#office;
    while (!office.isClosed()) {
      const parcel = this.#begun?.parcel ?? office.next();
      if (parcel) {
        if (!(await this.#carry(parcel))) return;
        continue;
      }
      await this.#last?.noted.promise;
      if (await office.rest(this.#session)) continue;
      await this.#session?.quit();
      return;
    }
    if (this.#begun) await withdraw(office, this.#begun);
    await this.#last?.noted.promise;
    this.#session?.close();
  }

  /** Nothing more is to be sent: it waits for no answer but that to content. */
  stop(): void {
    if (!this.#isSending) this.#session?.close();
  }

  /** @returns false where no conversation could be had */
  async #carry(parcel: Parcel<Grant>): Promise<boolean> {
    const office = this.#office;
    const begun = this.#begun;
    this.#begun = undefined;
    const isFirst = begun === undefined && !this.isTalking;
    if (isFirst) this.#session = await office.open(parcel);
    const session = this.#session;
    if (!session) return false;
    const offer = begun?.offer ?? this.#offered(session, parcel);
    if (!offer) return true;
    office.taken();
    await offer.open;
    await this.#last?.noted.promise;
    this.#last = parcel;
    this.#begun = await this.#send(session, { parcel, offer, isFirst });
    if (this.#begun && !session.alive) {
      office.giveBack(this.#begun.parcel);
      this.#begun = undefined;
    }
    return true;
  }

  /** Undefined where it cannot be offered: whoever delivers it is told. */
  #offered(session: Session, parcel: Parcel<Grant>): Offer | undefined {
    try {
      return session.offer(parcel.letter);
    } catch (error) {
      this.#office.fail(error, parcel);
      session.close();
      return undefined;
    }
  }

  /**
   * Sends the content of a parcel whose commands are answered.
   * @returns the next parcel, whose commands went with it
   */
  async #send(session: Session, it: Begun): Promise<Begun | undefined> {
    const office = this.#office;
    const { parcel, offer, isFirst } = it;
    try {
      await office.recorded();
    } catch (error) {
      await offer.withdraw();
      office.fail(error, parcel);
      return undefined;
    }
    if (!parcel.shipment.holds()) {
      await withdraw(office, it);
      return undefined;
    }
    failpoint("before-transaction");
    this.#isSending = true;
    const done = offer.complete();
    const next = session.alive ? office.next() : undefined;
    const ahead = next && this.#offered(session, next);
    try {
      const transaction = await done;
      failpoint("transaction-sent");
      office.settle(parcel, transaction, isFirst);
    } catch (error) {
      office.fail(error, parcel);
    } finally {
      this.#isSending = false;
    }
    return next && ahead && { parcel: next, offer: ahead, isFirst: false };
  }
}

async function withdraw(office: Office, it: Begun): Promise<void> {
  await it.offer.withdraw();
  office.giveBack(it.parcel);
}
