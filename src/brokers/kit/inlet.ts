/** Where a consumer gets its messages from, whichever broker it is. Pure. */

/** A message that was brought; one of the three is called, once. They throw where the broker is lost. */
export interface Delivery {
  /** The envelope. */
  readonly body: Uint8Array;
  /** Who keeps what is to come later, where that one says when. */
  readonly sender?: string;
  /** It is not brought again. */
  done(): Promise<void>;
  /** It is brought again after a while, and others meanwhile. @param wait milliseconds */
  later(wait: number, reason: string): Promise<void>;
  /** It is laid aside, for a person to look at. */
  dead(reason: string): Promise<void>;
}

export interface Inlet {
  /**
   * The next message; several may be asked for at once.
   * @returns undefined where there will be none: it was closed, or nothing is left and that was asked for
   * Throws where the broker is lost.
   */
  next(): Promise<Delivery | undefined>;
  /** Nothing comes any more; what was given out can still be answered. */
  stop(): void;
  /** What was not answered comes again to the next who asks. */
  close(): Promise<void>;
}

/** What an inlet is opened for. */
export interface Wishes {
  /** Messages that are given out at once. */
  readonly prefetch: number;
  /** Ends where nothing is left that is due. */
  readonly untilEmpty: boolean;
  readonly log: (text: string) => void;
}
