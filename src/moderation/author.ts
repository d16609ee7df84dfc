/**
 * A post in somebody's name that waits until its author says that it is his: he is asked at the
 * address that it bears, and nobody else gets to know it.
 */
import { join } from "node:path";
import type { Piece } from "../base/pieces.ts";
import { daysOf } from "../base/units.ts";
import type { List, Lists } from "../lists/directory.ts";
import { keyringOf } from "../lists/keyring.ts";
import { type Emitter, letter, readerOf } from "../lists/letter.ts";
import type { Site } from "../lists/settings.ts";
import { answerIn, namedIn, returnOf } from "../lists/tokens.ts";
import { authorOf, type Message } from "../mail/message.ts";
import type { Envelope } from "../spool/envelope.ts";
import { Spool } from "../spool/spool.ts";
import { alarm } from "./alarm.ts";
import { noteAsked } from "./asked.ts";
import { withSubject } from "./asking.ts";
import { decide } from "./decide.ts";
import { AUTHOR } from "./decision.ts";
import { emitEnded } from "./ended.ts";
import { findHeld, isAuthorsStay, tailOf } from "./held.ts";

interface About {
  readonly site: Site;
  readonly list: List;
  /** Of the entry: of the post, or of the answer. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly message: Message;
  log(text: string): void;
}

/** An answer of an author, and where it came. */
interface Answer extends About, Emitter {
  readonly lists: Pick<Lists, "get">;
  readonly request: { readonly rest: string };
  readonly envelope: Pick<Envelope, "sender" | "recipient" | "extension">;
}

/**
 * The letter that asks the author of a post. For as long as it can be answered the post waits for him; an
 * alarm then gives it to the moderators.
 */
export async function authorsQuestion(
  about: About & Emitter,
  author: string,
): Promise<Piece[]> {
  const { site, list, id, now, message } = about;
  const { valid } = list.settings.confirm;
  const until = await noteAsked(site.home, list.address, id, now + valid);
  alarm(about, "author", id, until);
  const keyring = await keyringOf(site.home, { now: () => now });
  const said = { action: "post", more: tailOf(id), address: author } as const;
  const stamping = { site, list, keyring };
  const back = returnOf(stamping, "confirm", said, now);
  const drop = returnOf(stamping, "discard", said, now);
  const reader = await readerOf(about, author);
  const audience = { site, list, languages: reader.languages };
  return letter(
    about,
    reader,
    "confirm-post",
    {
      subject: message.header.text("Subject"),
      reply: back.address,
      discard: drop.isPlain
        ? withSubject(audience, drop.address, `discard ${drop.token}`)
        : drop.address,
      days: daysOf(valid),
    },
    {
      replyTo: back.address,
      ...(back.inSubject ? { mark: `confirm ${back.token}` } : {}),
    },
  );
}

/**
 * The author throws a post away that bears his name.
 * @returns false where the answer is none of an author's
 */
export async function authorDiscards(asked: Answer): Promise<boolean> {
  const { site, list, now, message, envelope, request } = asked;
  const keyring = await keyringOf(site.home, { now: () => now });
  const who = [authorOf(message.header) ?? "", envelope.sender];
  const token = request.rest.split(" ")[0] ?? "";
  const answered = { list, keyring, named: namedIn(envelope) };
  const read = answerIn(answered, token, who.filter(Boolean));
  if (read.kind !== "ok" || read.action !== "post") return false;
  await authorDecides(asked, read.more, "discard");
  return true;
}

/** @param tail of the id of the post that waits */
export async function authorDecides(
  asked: Omit<About, "message"> & Pick<Answer, "lists"> & Emitter,
  tail: string,
  verdict: "approve" | "discard",
): Promise<string> {
  const { site, list, lists, now, id } = asked;
  const spool = new Spool(join(site.home, "spool"));
  const looking = { site, lists, spool, now };
  // What he has let go, and something else holds, is not his to decide.
  const held = findHeld(looking, list.address, tail);
  if (held && !isAuthorsStay(held)) {
    asked.log(`${tail} does not wait for its author: ${held.where} holds it`);
    return "";
  }
  const deciding = { ...looking, list, id, by: AUTHOR, reason: "" };
  const outcome = await decide(deciding, tail, verdict);
  if (outcome.kind === "done") emitEnded(asked, outcome.decision);
  asked.log(`${verdict} of ${tail} by its author: ${outcome.kind}`);
  return "";
}
