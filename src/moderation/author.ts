/**
 * A post in somebody's name that waits until its author says that it is his: he is asked at the
 * address that it bears, and nobody else gets to know it.
 */
import { join } from "node:path";
import type { Piece } from "../base/pieces.ts";
import type { List } from "../lists/directory.ts";
import { keyringOf } from "../lists/keyring.ts";
import { letter } from "../lists/letter.ts";
import { rosterOf } from "../lists/roster.ts";
import type { Site } from "../lists/settings.ts";
import { answerIn, returnOf } from "../lists/tokens.ts";
import { authorOf, type Message } from "../mail/message.ts";
import { Spool } from "../spool/spool.ts";
import { decide } from "./decide.ts";
import { findHeld, tailOf } from "./held.ts";

const DAY = 86_400_000;
/** The stage that asks authors. */
const ASKING = "posts/10-approve/";

interface About {
  readonly site: Site;
  readonly list: List;
  /** Of the entry: of the post, or of the answer. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly message: Message;
}

/** The letter that asks the author of a post. */
export async function authorsQuestion(
  about: About,
  author: string,
): Promise<Piece[]> {
  const { site, list, id, now, message } = about;
  const keyring = await keyringOf(site.home, { now: () => now });
  const said = { action: "post", more: tailOf(id), address: author } as const;
  const stamping = { site, list, keyring };
  const back = returnOf(stamping, "confirm", said, now);
  const member = await rosterOf(site.home).get(list.address, author);
  return letter(
    about,
    { address: author, languages: [member?.language ?? ""] },
    "confirm-post",
    {
      subject: message.header.text("Subject"),
      reply: back.address,
      discard: returnOf(stamping, "discard", said, now).address,
      days: Math.max(1, Math.round(list.settings.confirm.valid / DAY)),
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
export async function authorDiscards(
  asked: About & {
    readonly request: { readonly rest: string };
    readonly envelope: { readonly sender: string };
    log(text: string): void;
  },
): Promise<boolean> {
  const { site, list, now, message, envelope, request } = asked;
  const keyring = await keyringOf(site.home, { now: () => now });
  const who = [authorOf(message.header) ?? "", envelope.sender];
  const token = request.rest.split(" ")[0] ?? "";
  const read = answerIn({ list, keyring }, token, who.filter(Boolean));
  if (read.kind !== "ok" || read.action !== "post") return false;
  await authorDecides(asked, read.more, "discard");
  return true;
}

/** @param tail of the id of the post that waits */
export async function authorDecides(
  asked: Omit<About, "message"> & { log(text: string): void },
  tail: string,
  verdict: "approve" | "discard",
): Promise<string> {
  const { site, list, now, id } = asked;
  const spool = new Spool(join(site.home, "spool"));
  // What he has let go, and something else holds, is not his to decide.
  const where = findHeld(spool, list.address, tail)?.where ?? ASKING;
  if (!where.startsWith(ASKING)) {
    asked.log(`${tail} does not wait for its author: ${where} holds it`);
    return "";
  }
  const deciding = { site, list, spool, now, id, by: "the author", reason: "" };
  const outcome = await decide(deciding, tail, verdict);
  asked.log(`${verdict} of ${tail} by its author: ${outcome.kind}`);
  return "";
}
