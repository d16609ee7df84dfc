/**
 * What moderators are told of what waits: the post with it, and addresses to which mail decides. Each
 * moderator has addresses of his own, so that it is known who has decided, whoever the mail says that
 * it is from.
 */
import { lengthOf, type Piece } from "../base/pieces.ts";
import { daysOf } from "../base/units.ts";
import type { Wish } from "../lists/joining.ts";
import type { Keyring } from "../lists/keyring.ts";
import { letter, type Occasion, type Reader } from "../lists/letter.ts";
import type { Site } from "../lists/settings.ts";
import { textFor } from "../lists/texts/texts.ts";
import { type Answered, answerIn, returnOf } from "../lists/tokens.ts";
import { keyOf } from "../mail/address.ts";
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
  /** Somebody's wish, not a post. */
  readonly wish: Wish | undefined;
}

/**
 * The letter to one moderator. A plain answer to it decides nothing: a program that answers everything
 * would.
 */
export function question(
  asking: Asking,
  moderator: Required<Reader>,
  { entry, reason, message, wish }: Waiting,
): Piece[] {
  const at = answersFor(asking, moderator, entry);
  if (wish) {
    const { approve, reject } = at;
    const words = { address: wish.address, approve, reject };
    return wish.command === "subscribe"
      ? letter(asking, moderator, "moderate-subscription", words)
      : letter(asking, moderator, "moderate-leaving", words);
  }
  const shown = message.with({ header: withoutApproval(message.header) });
  const pieces = shown.pieces();
  const { author, subject, size } = sightIn(message, lengthOf(pieces));
  const { expire } = asking.list.settings.moderation;
  return letter(
    asking,
    moderator,
    "moderate-post",
    {
      subject,
      author,
      size: sizeInWords(size),
      reason,
      ...at,
      ...(expire > 0 ? { days: daysOf(expire) } : {}),
    },
    { enclosed: [pieces] },
  );
}

/**
 * How a moderator decides about an entry: the lines to show for each decision, an address and, where that
 * has no room for a token, the subject that it needs. Where addresses are not cut, a command.
 */
export function answersFor(
  asking: Asking,
  { address, languages }: Required<Reader>,
  entry: string,
): Record<Word, string[]> {
  const { site, list, now } = asking;
  const more = tailOf(entry);
  const said = { action: "moderate", more, address } as const;
  const found = words.map((word) => {
    if (site.delimiters === "")
      return [word, [`listmill held ${word} ${entry}`]];
    const back = returnOf(asking, word, said, now);
    if (!back.isPlain) return [word, [back.address]];
    const answer = `${word} ${back.short}`;
    return [word, withSubject({ site, list, languages }, back.address, answer)];
  });
  return Object.fromEntries(found);
}

/** An address and the subject that it needs. */
export function withSubject(
  audience: Parameters<typeof textFor>[0],
  address: string,
  answer: string,
): string[] {
  const { body } = textFor(audience, "answer-subject", { answer });
  return [address, `  ${body}`];
}

/** Who answers about which entry; undefined where the token is none of a moderator's. */
export function moderatorIn(
  answered: Answered,
  token: string,
  moderators: readonly string[],
): { readonly moderator: string; readonly tail: string } | undefined {
  const read = answerIn(answered, token, moderators);
  if (read.kind !== "ok" || read.action !== "moderate") return undefined;
  // Who is no moderator any more decides no more.
  const key = keyOf(read.address);
  const moderator = moderators.find((one) => keyOf(one) === key);
  return moderator === undefined ? undefined : { moderator, tail: read.more };
}

export function sizeInWords(bytes: number): string {
  return bytes < 10_000
    ? `${(bytes / 1000).toFixed(1)} kB`
    : bytes < 1_000_000
      ? `${Math.round(bytes / 1000)} kB`
      : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
