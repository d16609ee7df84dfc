/**
 * What the engine has to be told about the trade it serves: it knows queues and hooks, no mail.
 */
import type { Piece } from "../base/pieces.ts";
import type { Envelope } from "../spool/envelope.ts";
import type { Answered } from "./answering.ts";
import type { Layer } from "./layers.ts";
import type {
  Content,
  Emission,
  Outcome,
  Question,
  Request,
} from "./question.ts";

/** Where an entry belongs: its list, if it has one, and what hooks see of it. */
export interface Place {
  readonly layers: readonly Layer[];
  /** LISTMILL_ variables of the home and the list. */
  readonly environment: Readonly<Record<string, string>>;
  /** Hooks whose verdict is logged and not acted on. */
  readonly observe: readonly string[];
}

/** A message to be put into a queue. */
export interface Draft {
  readonly queue: string;
  readonly envelope: Envelope;
  readonly content: readonly Piece[];
  readonly recipients?: readonly string[];
  /** Seconds since 1970 before which it is not taken. */
  readonly due?: number;
}

/** Nobody is told, and why, in a few words. */
export interface Silence {
  readonly silence: string;
}

/** An entry at hand. */
export interface Subject<C extends Content = Content> {
  readonly id: string;
  readonly queue: string;
  readonly envelope: Envelope;
  readonly message: C;
}

export interface Trade<C extends Content = Content> {
  /**
   * Throws Failure where the list's settings are broken: the entry waits.
   * @param list another one than the envelope's, whose recipients are wanted
   */
  place(envelope: Envelope, list?: string): Place;
  /** Looks at a message; the reason where it is none. */
  open(pieces: readonly Piece[]): Promise<C | { readonly noMessage: string }>;
  /** The envelope of a message that an MTA delivered, out of what the MTA wrote above it. */
  introduce(message: C, now: number): Promise<Envelope>;
  /** What an inline hook is given besides the engine's part. @param list as for `place` */
  equip(question: Question<C>, list?: string): Question<C>;
  /** The envelope that an emitted message gets. */
  emitted(
    subject: Subject<C>,
    emission: Omit<Emission, "content" | "due">,
    now: number,
  ): Promise<Envelope>;
  /**
   * The envelope of the outbound entries of a distribution list.
   * @returns `due`: seconds since 1970 before which they are not taken
   */
  distributed(
    subject: Subject<C>,
    now: number,
  ): { readonly envelope: Envelope; readonly due?: number };
  /** Where an address is served: those of one destination wait together when they have to. */
  destination(address: string): string;
  /** What a message asks for. @param names those that there are hooks for */
  requests(
    message: C,
    envelope: Envelope,
    names: ReadonlySet<string>,
  ): Promise<readonly Request[]>;
  /** What is answered to the requests of a message; nothing where there is nothing to say. */
  answered(
    subject: Subject<C>,
    answers: readonly Answered[],
    now: number,
    say: (text: string) => void,
  ): Promise<readonly Draft[]>;
  /** What follows where a message is held, so that people get to know; nothing for some. */
  held(
    subject: Subject<C>,
    held: { readonly where: string; readonly reason: string },
    now: number,
  ): Promise<Draft | undefined>;
  /**
   * What else follows where a hook holds or refuses a message, whoever is told of it: what tells programs.
   */
  befallen(
    subject: Subject<C>,
    end: {
      readonly kind: "hold" | "reject";
      readonly where: string;
      readonly reason: string;
    },
    now: number,
  ): readonly Draft[];
  /**
   * What the sender of a refused message is told, or why nobody may be told.
   * @param foreseen it is only asked what would be told: that counts for nothing
   */
  refused(
    subject: Subject<C>,
    reason: string,
    now: number,
    foreseen?: boolean,
  ): Promise<Draft | Silence>;
  /** What follows when recipients cannot be served; nothing where nobody is to be told. */
  undeliverable(
    subject: Subject<C>,
    failed: readonly Outcome[],
    now: number,
  ): Promise<Draft | undefined>;
}
