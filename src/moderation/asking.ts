/**
 * What moderators are told of what waits: the post with it, and addresses to which mail decides. Each
 * moderator has addresses of his own, so that it is known who has decided, whoever the mail says that
 * it is from.
 */
import type { Piece } from "../base/pieces.ts";
import { lengthOf } from "../base/pieces.ts";
import type { Keyring } from "../lists/keyring.ts";
import { letter, type Occasion } from "../lists/letter.ts";
import type { Site } from "../lists/settings.ts";
import { answerIn, returnOf } from "../lists/tokens.ts";
import type { Message } from "../mail/message.ts";
import { withoutApproval } from "./approved.ts";
import { sightIn, tailOf } from "./held.ts";

/** What decides by an address. */
export const words = ["approve", "reject", "discard", "free"] as const;
export type Word = (typeof words)[number];

export interface Asking extends Occasion {
  readonly site: Site;
  readonly keyring: Keyring;
}

/** What waits. */
export interface Waiting {
  /** Of the entry that is held. */
  readonly entry: string;
  readonly reason: string;
  readonly message: Message;
  /** Somebody who wants to join, not a post. */
  readonly joining: string | undefined;
}

const DAY = 86_400_000;

/**
 * The letter to one moderator. A plain answer to it decides nothing: a program that answers everything
 * would.
 * @param languages that the moderator understands
 */
export function question(
  asking: Asking,
  moderator: string,
  languages: readonly string[],
  { entry, reason, message, joining }: Waiting,
): Piece[] {
  const at = addressesFor(asking, moderator, entry);
  const reader = { address: moderator, languages };
  if (joining !== undefined)
    return letter(asking, reader, "moderate-subscription", {
      address: joining,
      approve: at.approve,
      reject: at.reject,
    });
  const shown = message.with({ header: withoutApproval(message.header) });
  const pieces = shown.pieces();
  const { author, subject, size } = sightIn(message, lengthOf(pieces));
  const { expire } = asking.list.settings.moderation;
  return letter(
    asking,
    reader,
    "moderate-post",
    {
      subject,
      author,
      size: sizeInWords(size),
      reason,
      ...at,
      ...(expire > 0 ? { days: Math.max(1, Math.round(expire / DAY)) } : {}),
    },
    { enclosed: [pieces] },
  );
}

/** The addresses by which a moderator decides about an entry. */
export function addressesFor(
  { site, list, keyring, now }: Asking,
  moderator: string,
  entry: string,
): Record<Word, string> {
  const said = {
    action: "moderate",
    more: tailOf(entry),
    address: moderator,
  } as const;
  const found = words.map((word) => [
    word,
    returnOf({ site, list, keyring }, word, said, now).address,
  ]);
  return Object.fromEntries(found);
}

/** Who answers about which entry; undefined where the token is none of a moderator's. */
export function moderatorIn(
  asking: Pick<Asking, "list" | "keyring">,
  token: string,
  moderators: readonly string[],
): { readonly moderator: string; readonly tail: string } | undefined {
  const read = answerIn(asking, token, moderators);
  if (read.kind !== "ok" || read.action !== "moderate") return undefined;
  // Who is no moderator any more decides no more.
  const { address, more } = read;
  return moderators.includes(address)
    ? { moderator: address, tail: more }
    : undefined;
}

export function sizeInWords(bytes: number): string {
  return bytes < 10_000
    ? `${(bytes / 1000).toFixed(1)} kB`
    : bytes < 1_000_000
      ? `${Math.round(bytes / 1000)} kB`
      : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
