/**
 * The recipients of one entry on their way out, transaction by transaction. What has become of some
 * is handed on, noted on disk by whoever reads it, and only then called noted: a connection
 * sends nothing more before that. Those who cannot share a transaction are apart, in lots. Pure.
 */
import { type Outcome, outcome } from "./outcome.ts";
import type { Rider } from "./rotation.ts";
import type { Letter } from "./smtp/letter.ts";

/** Recipients who may be in one transaction. */
export interface Lot {
  readonly recipients: readonly string[];
  /** The limited domain that they are of, or "". */
  readonly domain: string;
  /** Most recipients of a letter: 1 where each has his own. */
  readonly most: number;
}

/** Part of a shipment: one transaction. */
export interface Parcel<G = unknown> {
  readonly shipment: Shipment;
  readonly recipients: readonly string[];
  readonly lot: Lot;
  readonly grant: G;
  readonly letter: Letter;
  /** Settles when its outcomes are on disk, or nobody cares for them any more. */
  readonly noted: PromiseWithResolvers<void>;
}

/** See Outcome. */
type Untried = Pick<Outcome, "after" | "limited">;

/** What a shipment asks before a transaction. */
export interface Gate<G> {
  portion(most: number, domain: string): number;
  take(count: number, domain: string): { readonly grant: G } | Wait;
}

/** Nothing may go now. */
export interface Wait {
  /** Milliseconds after which it is worth asking again. */
  readonly wait: number;
  /** Which limit says so. */
  readonly limit: string;
}

export interface ShipmentGiven extends Rider {
  readonly lots: readonly Lot[];
  /** Writes the letter of a transaction; all its recipients are of one lot. */
  letter(recipients: readonly string[]): Letter;
  /** No transaction is begun once it is aborted. */
  readonly signal: AbortSignal;
  /** Whether the entry is still this runner's. */
  holds(): boolean;
}

export class Shipment implements Rider {
  readonly list: string;
  readonly post: string;
  readonly signal: AbortSignal;
  readonly #given: ShipmentGiven;
  /** Who is left of each lot, the last one first. */
  readonly #left = new Map<Lot, string[]>();
  #flying = 0;
  #dropped = false;
  #failure: { readonly error: unknown } | undefined;
  #ready: Outcome[] = [];
  #handed: Parcel[] = [];
  #reader: (() => void) | undefined;

  constructor(given: ShipmentGiven) {
    this.#given = given;
    this.list = given.list;
    this.post = given.post;
    this.signal = given.signal;
    for (const lot of given.lots)
      if (lot.recipients.length > 0)
        this.#left.set(lot, lot.recipients.toReversed());
  }

  /** Whether another transaction could be begun. */
  get hasLeft(): boolean {
    return this.#left.size > 0 && !this.#dropped && !this.signal.aborted;
  }

  /** Whether it may still be sent. */
  holds(): boolean {
    return !this.#dropped && !this.signal.aborted && this.#given.holds();
  }

  /**
   * The next transaction, where the limits let one go.
   * @returns the shortest wait otherwise; undefined where nobody is left
   */
  take<G>(gate: Gate<G>): Parcel<G> | Wait | undefined {
    let shortest: Wait | undefined;
    for (const [lot, left] of this.#left) {
      const { domain } = lot;
      const most = Math.min(gate.portion(lot.most, domain), left.length);
      const answer = gate.take(most, domain);
      if ("grant" in answer) {
        const recipients = left.splice(-most).reverse();
        // One lot after the other: which had its turn goes behind the others.
        if (this.#left.size > 1) {
          this.#left.delete(lot);
          this.#left.set(lot, left);
        }
        if (left.length === 0) this.#left.delete(lot);
        this.#flying += 1;
        const { grant } = answer;
        const letter = this.#given.letter(recipients);
        const noted = Promise.withResolvers<void>();
        return { shipment: this, recipients, lot, grant, letter, noted };
      }
      if (!shortest || answer.wait < shortest.wait) shortest = answer;
      if (answer.limit !== "domain") break;
    }
    return shortest;
  }

  /** A transaction that never began: its recipients are next. */
  giveBack({ recipients, lot, noted }: Parcel): void {
    this.#flying -= 1;
    noted.resolve();
    const left = this.#left.get(lot) ?? [];
    left.push(...recipients.toReversed());
    this.#left.set(lot, left);
    this.#wake();
  }

  /** What became of a transaction. */
  settle(parcel: Parcel, outcomes: readonly Outcome[]): void {
    this.#flying -= 1;
    if (this.#dropped) {
      parcel.noted.resolve();
      return;
    }
    this.#ready.push(...outcomes);
    this.#handed.push(parcel);
    this.#wake();
  }

  /** The message cannot be read, or the disk is full: whoever reads the outcomes gets the error. */
  fail(error: unknown, parcel: Parcel): void {
    this.#flying -= 1;
    parcel.noted.resolve();
    this.#failure ??= { error };
    this.#left.clear();
    this.#wake();
  }

  /**
   * Gives up on all that are left, without a try.
   * @param untried until when
   */
  giveUp(reply: string, untried: Untried): void {
    for (const left of this.#left.values())
      for (const address of left)
        this.#ready.push({ ...outcome(address, "later", reply), ...untried });
    this.#left.clear();
    this.#wake();
  }

  /**
   * The outcomes, as they come. Whoever asks for the next has the last ones on disk. Ends when all
   * recipients have one. Throws the signal's reason once what was in flight has ended.
   */
  async *outcomes(): AsyncGenerator<Outcome[]> {
    const wake = () => this.#wake();
    this.signal.addEventListener("abort", wake, { once: true });
    try {
      for (;;) {
        while (this.#ready.length === 0) {
          const isOver = this.#flying === 0 && !this.hasLeft;
          if (isOver && this.#failure) throw this.#failure.error;
          if (isOver) {
            this.signal.throwIfAborted();
            return;
          }
          await new Promise<void>((resolve) => {
            this.#reader = resolve;
          });
        }
        const outcomes = this.#ready;
        const handed = this.#handed.splice(0);
        this.#ready = [];
        let isNoted = false;
        try {
          yield outcomes;
          isNoted = true;
        } finally {
          this.#dropped ||= !isNoted;
          for (const { noted } of handed) noted.resolve();
        }
      }
    } finally {
      this.signal.removeEventListener("abort", wake);
    }
  }

  /** Nobody reads on: nothing more is sent. */
  drop(): void {
    this.#dropped = true;
    for (const { noted } of this.#handed) noted.resolve();
    this.#handed = [];
    this.#wake();
  }

  #wake(): void {
    this.#reader?.();
    this.#reader = undefined;
  }
}
