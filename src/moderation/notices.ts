/**
 * What comes to LIST-moderators@, from the mill alone: something that was held, an alarm that reminds
 * of what still waits, an alarm at the end of the time that a post may wait. An alarm is a message
 * that is not due yet: the spool is the calendar. Done again after a crash, it comes to the same.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Piece } from "../base/pieces.ts";
import { joinerIn } from "../lists/joining.ts";
import { keyringOf } from "../lists/keyring.ts";
import { letter, type Occasion } from "../lists/letter.ts";
import { moderatorsOf } from "../lists/offices.ts";
import { rosterOf } from "../lists/roster.ts";
import type { Site } from "../lists/settings.ts";
import { stateOf } from "../lists/state.ts";
import { ticket } from "../lists/ticket.ts";
import { keyOf } from "../mail/address.ts";
import { compose, messageId } from "../mail/compose.ts";
import type { Message } from "../mail/message.ts";
import { robotic } from "../mail/robot.ts";
import type { Envelope } from "../spool/envelope.ts";
import { Spool } from "../spool/spool.ts";
import { addressesFor, question } from "./asking.ts";
import { decide } from "./decide.ts";
import { decisionsOf, sweepDecisions } from "./decision.ts";
import { type Held, heldOf, sightIn, sightOf, tailOf } from "./held.ts";

export interface Notice extends Occasion {
  readonly site: Site;
  readonly envelope: Envelope;
  readonly message: Message;
  address(extension: string): string;
  emit(emission: {
    readonly recipient: string;
    readonly content: readonly Piece[];
    readonly due?: number;
  }): void;
  log(text: string): void;
}

/** Posts that a reminder tells one by one. */
const NAMED = 50;
const DAY = 86_400_000;

/** What follows from a notice. */
export async function notify(notice: Notice): Promise<void> {
  const [, what = "", entry = ""] =
    /^moderators(?:.(remind|expire)(?:.(\S+))?)?$/.exec(
      notice.envelope.extension ?? "",
    ) ?? [];
  if (what === "remind") await remind(notice);
  else if (what === "expire") await expire(notice, entry);
  else await tellOf(notice);
}

/** Something waits: moderators are asked, and the author is told. */
async function tellOf(notice: Notice): Promise<void> {
  const { site, list, envelope, message, now, emit } = notice;
  const [queue = "", entry = ""] = envelope.origin.split("/");
  const reason = envelope.history.at(-1)?.reason ?? "";
  const joining = queue === "commands" ? joinerIn(reason) : undefined;
  const asking = {
    ...notice,
    keyring: await keyringOf(site.home, { now: () => now }),
  };
  const waiting = { entry, reason, message, joining };
  for (const moderator of await moderatorsOf(site, list)) {
    const languages = await languagesOf(notice, moderator);
    emit({
      recipient: moderator,
      content: question(asking, moderator, languages, waiting),
    });
  }
  const { remind, expire, tell_author } = list.settings.moderation;
  if (remind > 0) alarm(notice, "moderators-remind", now + remind);
  if (expire > 0) alarm(notice, `moderators-expire-${entry}`, now + expire);
  const { author, subject } = sightIn(message, 0);
  if (queue === "posts" && tell_author && (await mayTell(notice, author)))
    emit({
      recipient: author,
      content: letter(
        notice,
        { address: author, languages: await languagesOf(notice, author) },
        "post-waits",
        { subject, reason },
      ),
    });
}

/**
 * Whether an author is told what becomes of a post: members alone, for others may be anybody whose
 * address somebody has taken.
 */
async function mayTell(
  { site, list, envelope, message, id, now }: Notice,
  author: string,
): Promise<boolean> {
  if (author === "" || robotic(message.header, envelope.sender) !== undefined)
    return false;
  if (!(await rosterOf(site.home).get(list.address, author))) return false;
  const { windows } = await stateOf(site.home);
  const others = await windows.note("answer", keyOf(author), id, now, DAY);
  return others < site.answers.a_day;
}

/** What still waits is told again, once in the time that is set, however many alarms there are. */
async function remind(notice: Notice): Promise<void> {
  const { site, list, now, id, emit } = notice;
  const every = list.settings.moderation.remind;
  if (every === 0) return;
  const folder = decisionsOf(site.home, list.address);
  const period = Math.floor(now / every).toString(36);
  const { label } = await ticket(folder, `remind-${period}`, id, (path) =>
    mkdirSync(path),
  );
  if (label !== id) return;
  sweepDecisions(folder);
  const spool = new Spool(join(site.home, "spool"));
  const waiting = [...heldOf(spool, list.address)];
  if (waiting.length === 0) return;
  const keyring = await keyringOf(site.home, { now: () => now });
  for (const moderator of await moderatorsOf(site, list)) {
    const languages = await languagesOf(notice, moderator);
    const posts: string[] = [];
    for (const held of waiting.slice(0, NAMED))
      posts.push(
        ...(await linesOf(
          held,
          addressesFor({ ...notice, keyring }, moderator, held.found.name.id)
            .approve,
        )),
      );
    if (waiting.length > NAMED) posts.push(`… ${waiting.length - NAMED}`);
    const words = { count: waiting.length, posts };
    const reader = { address: moderator, languages };
    emit({
      recipient: moderator,
      content: letter(notice, reader, "moderate-reminder", words),
    });
  }
  alarm(notice, "moderators-remind", now + every);
}

async function linesOf(held: Held, approve: string): Promise<string[]> {
  const day = new Date(held.since).toISOString().slice(0, 10);
  try {
    const { author, subject } = await sightOf(held);
    return [`${day}  ${author}  ${subject}`, `  ${approve}`];
  } catch {
    // Somebody has just decided.
    return [];
  }
}

/** The time of a post is over. */
async function expire(notice: Notice, entry: string): Promise<void> {
  const { site, list, now, id, emit, log } = notice;
  const { expired, expire } = list.settings.moderation;
  if (expire === 0) return;
  const spool = new Spool(join(site.home, "spool"));
  const deciding = { site, list, spool, now, id, by: "time", reason: "" };
  const outcome = await decide(deciding, tailOf(entry), "expire");
  log(`${entry} waits no longer: ${outcome.kind}`);
  if (outcome.kind !== "done" || expired === "discard") return;
  const { author, subject } = outcome.decision;
  if (!(await mayTell(notice, author))) return;
  const words = { subject, days: Math.max(1, Math.round(expire / DAY)) };
  const languages = await languagesOf(notice, author);
  emit({
    recipient: author,
    content: letter(
      notice,
      { address: author, languages },
      "post-expired",
      words,
    ),
  });
}

/** @param due milliseconds since 1970 */
function alarm(notice: Notice, extension: string, due: number): void {
  const { site, id, now, address, emit } = notice;
  const recipient = address(extension);
  const content = compose({
    from: address("owner"),
    to: recipient,
    subject: "What waits for the moderators",
    date: new Date(now),
    messageId: messageId(`alarm.${id}`, site.hostname),
    text: "An alarm that the list set itself.\n",
  });
  emit({ recipient, content: [content], due: Math.ceil(due / 1000) });
}

async function languagesOf(
  { site, list }: Notice,
  address: string,
): Promise<string[]> {
  const member = await rosterOf(site.home).get(list.address, address);
  return member?.language ? [member.language] : [];
}
