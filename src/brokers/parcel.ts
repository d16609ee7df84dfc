/** What a broker is given, and what it may say to it. Pure. */
import { createHash } from "node:crypto";
import type { Envelope } from "./envelope.ts";

/** A message on its way to a broker. */
export interface Parcel {
  readonly id: string;
  readonly kind: string;
  /** The list's address. */
  readonly list: string;
  /** The envelope, JSON in UTF-8. */
  readonly body: Buffer;
  /** The envelope without the message itself. */
  readonly notice: Buffer;
}

/** What became of one; `reason` is a sentence for the log. */
export type Outcome =
  | { readonly is: "taken" }
  /** This one was not taken; others may be. */
  | { readonly is: "later"; readonly reason: string }
  /** None is taken now. */
  | { readonly is: "away"; readonly reason: string }
  /** It will never be taken. */
  | { readonly is: "refused"; readonly reason: string };

export const taken: Outcome = { is: "taken" };

/** A connection to a broker. */
export interface Line {
  /** Gives it a message; the outcome is known within the time limit. Never throws. */
  send(parcel: Parcel): Promise<Outcome>;
  /** Whether it can still be used. */
  isOpen(): boolean;
  close(): Promise<void>;
}

export function parcelOf(envelope: Envelope): Parcel {
  const { id, kind, list } = envelope;
  const body = Buffer.from(JSON.stringify(envelope));
  const { headers, raw, reference, event, ...short } = envelope as Record<
    string,
    unknown
  >;
  const notice = Buffer.from(JSON.stringify(short));
  return { id, kind, list: list.address, body, notice };
}

/** What subscribers choose by: the list's address, a dot, the kind. */
export function topicOf({ list, kind }: Pick<Parcel, "list" | "kind">): string {
  return list === "" ? kind : `${list}.${kind}`;
}

/** An id for where there is room for 255 bytes only. */
export function shortId(id: string): string {
  return Buffer.byteLength(id) <= 255
    ? id
    : createHash("sha256").update(id).digest("hex");
}
