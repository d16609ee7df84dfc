/**
 * What comes to LIST-moderators@, from the mill alone: something that was held, an alarm that reminds
 * of what still waits, one at the end of the time that a post may wait, one at the end of its author's;
 * and the news of a decision on the command line. An alarm is a message that is not due yet: the spool
 * is the calendar. Done again after a crash, it comes to the same.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { daysOf, HOUR } from "../base/units.ts";
import type { Lists } from "../lists/directory.ts";
import { wishIn } from "../lists/joining.ts";
import { keyringOf } from "../lists/keyring.ts";
import {
  type Emitter,
  letter,
  type Occasion,
  type Reader,
  readerOf,
} from "../lists/letter.ts";
import { moderatorsOf } from "../lists/offices.ts";
import { windowsOf } from "../lists/policy/windows.ts";
import { isSuppressed } from "../lists/refine/suppress.ts";
import type { Site } from "../lists/settings.ts";
import { textFor } from "../lists/texts/texts.ts";
import { ticket } from "../lists/ticket.ts";
import type { Message } from "../mail/message.ts";
import { robotic } from "../mail/robot.ts";
import type { Envelope } from "../spool/envelope.ts";
import { Spool } from "../spool/spool.ts";
import { alarm, alarms, matterIn } from "./alarm.ts";
import { sweepAsked } from "./asked.ts";
import { answersFor, question, type Waiting } from "./asking.ts";
import { decide } from "./decide.ts";
import {
  type Decision,
  decisionOf,
  decisionsOf,
  REMEMBERED,
  sweepDecisions,
} from "./decision.ts";
import { emitEnded } from "./ended.ts";
import {
  findHeld,
  type Held,
  heldOf,
  isAuthorsStay,
  type Sight,
  seen,
  sightIn,
  sightOf,
  tailOf,
} from "./held.ts";
import { tell } from "./moderator.ts";
import { mayTell, tellOfWish } from "./told.ts";

export interface Notice extends Occasion, Emitter {
  readonly site: Site;
  readonly envelope: Envelope;
  readonly message: Message;
  readonly lists: Pick<Lists, "get">;
  isOurs(address: string): Promise<boolean>;
  log(text: string): void;
}

/** Posts that a reminder tells one by one. */
const NAMED = 50;

/** What follows from a notice. */
export async function notify(notice: Notice): Promise<void> {
  const { matter, entry } = matterIn(notice.envelope.extension ?? "");
  switch (matter) {
    case "remind":
      return remind(notice);
    case "expire":
      return expire(notice, entry);
    case "author":
      return endAuthorsTime(notice, entry);
    case "decided":
      return tellDecision(notice, entry);
    case undefined:
      return tellOf(notice);
  }
}

/** Something waits: moderators are asked, and the author is told. */
async function tellOf(notice: Notice): Promise<void> {
  const { list, envelope, message, emit } = notice;
  const [queue = "", entry = ""] = envelope.origin.split("/");
  // Behind it may stand that this notice had to wait.
  const held = envelope.history.find(({ what }) => what === "held");
  const reason = held?.reason ?? "";
  const wish = queue === "commands" ? wishIn(reason) : undefined;
  await askModerators(notice, { entry, reason, message, wish });
  const { author: address, subject } = sightIn(message, 0);
  if (queue !== "posts" || !list.settings.moderation.tell_author) return;
  const { sender } = envelope;
  const author = {
    address,
    sender,
    robot: robotic(message.header, sender) ?? "",
  };
  if (!(await mayTell(notice, author, false))) return;
  const reader = await readerOf(notice, address);
  const words = { subject, reason };
  const content = letter(notice, reader, "post-waits", words);
  emit({ recipient: address, content, outside: true });
}

/** A letter to each, and alarms for what follows where none of them answers. */
async function askModerators(notice: Notice, waiting: Waiting): Promise<void> {
  const { site, now, emit } = notice;
  const keyring = await keyringOf(site.home, { now: () => now });
  const asking = { ...notice, keyring };
  const some = (await isOneTooMany(notice)) ? [] : await readers(notice);
  for (const reader of some) {
    const content = question(asking, reader, waiting);
    emit({ recipient: reader.address, content, outside: true });
  }
  alarms(notice, waiting.entry);
}

/** Letters about single posts that a moderator of a list gets in an hour. */
const QUESTIONS = 200;

/** Whether moderators have had so many questions in this hour that the rest waits for the reminder. */
async function isOneTooMany({ site, list, now, id, log }: Notice) {
  const windows = await windowsOf(site.home);
  const others = await windows.note("question", list.address, id, now, HOUR);
  if (others < QUESTIONS) return false;
  log(
    `no moderator is asked: there were ${QUESTIONS} questions in an hour; see: listmill held ${list.address}`,
  );
  return true;
}

/** The moderators who may be written to, each with the language that he has chosen. */
async function readers(notice: Notice): Promise<Required<Reader>[]> {
  const { site, list, log } = notice;
  const found: Required<Reader>[] = [];
  for (const moderator of await moderatorsOf(site, list)) {
    const place = { home: site.home, list };
    if (await isSuppressed(notice, place, moderator))
      log(`${moderator} is not told: it is suppressed`);
    else found.push(await readerOf(notice, moderator));
  }
  return found;
}

/** An author has not answered: from now on his post is for moderators, as any that is held. */
async function endAuthorsTime(notice: Notice, entry: string): Promise<void> {
  const { site, list, lists, now, log } = notice;
  const spool = new Spool(join(site.home, "spool"));
  const age = list.settings.confirm.valid + REMEMBERED;
  await sweepAsked(site.home, list.address, age, notice);
  const looking = { site, lists, spool, now };
  const held = findHeld(looking, list.address, tailOf(entry));
  if (!held || !isAuthorsStay(held)) return;
  log(`${entry}: its author has not answered; moderators decide`);
  const { message } = await sightOf(held);
  const { body } = textFor({ site, list }, "reason-unconfirmed", {});
  const waiting = { entry, reason: body, message, wish: undefined };
  await askModerators(notice, waiting);
}

/** A decision on the command line is told, once however often the news of it come. */
async function tellDecision(notice: Notice, stay: string): Promise<void> {
  const { site, list, id } = notice;
  const folder = decisionsOf(site.home, list.address);
  const decision = decisionOf(folder, stay);
  if (!decision) return;
  const { label } = await ticket(folder, `${stay}-told`, id, (path) =>
    mkdirSync(path),
  );
  if (label !== id) return;
  const moderators = await moderatorsOf(site, list);
  const outcome = { kind: "done", decision } as const;
  await tell({ ...notice, how: "command" }, outcome, decision.by, moderators);
}

/**
 * What still waits is told again, however many alarms there are: once in each of the spans that the
 * time which is set cuts all time into.
 */
async function remind(notice: Notice): Promise<void> {
  const { site, list, lists, now, id, emit } = notice;
  const every = list.settings.moderation.remind;
  if (every === 0) return;
  const folder = decisionsOf(site.home, list.address);
  const period = Math.floor(now / every).toString(36);
  const { label } = await ticket(folder, `remind-${period}`, id, (path) =>
    mkdirSync(path),
  );
  if (label !== id) return;
  await sweepDecisions(folder, notice);
  const spool = new Spool(join(site.home, "spool"));
  const waiting = [...heldOf({ site, lists, spool, now }, list.address)];
  if (waiting.length === 0) return;
  const keyring = await keyringOf(site.home, { now: () => now });
  const asking = { ...notice, keyring };
  const named: { readonly held: Held; readonly sight: Sight }[] = [];
  for (const held of waiting.slice(0, NAMED)) {
    const sight = await seen(held);
    if (sight) named.push({ held, sight });
  }
  for (const reader of await readers(notice)) {
    const audience = { site, list, languages: reader.languages };
    const noSubject = textFor(audience, "word-no-subject", {}).body;
    const posts = named.flatMap(({ held, sight }) => {
      const { approve } = answersFor(asking, reader, held.found.name.id);
      const day = new Date(held.since).toISOString().slice(0, 10);
      const line = `${day}  ${sight.author}  ${sight.subject || noSubject}`;
      return [line, ...approve.map((answer) => `  ${answer}`)];
    });
    if (waiting.length > NAMED) posts.push(`… ${waiting.length - NAMED}`);
    const words = { count: waiting.length, posts };
    const content = letter(notice, reader, "moderate-reminder", words);
    emit({ recipient: reader.address, content, outside: true });
  }
  alarm(notice, "remind", "", now + every);
}

/** The time of a post is over. */
async function expire(notice: Notice, entry: string): Promise<void> {
  const { site, list, lists, now, id, log } = notice;
  const { expired, expire } = list.settings.moderation;
  if (expire === 0) return;
  const spool = new Spool(join(site.home, "spool"));
  const looking = { site, lists, spool, now };
  // It may have been let go, and held again since.
  const { since = 0 } = findHeld(looking, list.address, tailOf(entry)) ?? {};
  if (now < since + expire)
    return alarm(notice, "expire", entry, since + expire);
  const deciding = { ...looking, list, id, by: "time", reason: "" };
  const outcome = await decide(deciding, tailOf(entry), "expire");
  log(`${entry} waits no longer: ${outcome.kind}`);
  if (outcome.kind !== "done") return;
  emitEnded(notice, outcome.decision);
  if (expired !== "discard") await tellOfEnd(notice, outcome.decision);
}

async function tellOfEnd(notice: Notice, decision: Decision): Promise<void> {
  const { site, list, emit } = notice;
  const { author: address, sender, robot = "", subject, wish } = decision;
  const reader = await readerOf(notice, address);
  if (wish) {
    const { languages } = reader;
    const { body } = textFor({ site, list, languages }, "reason-undecided", {});
    return tellOfWish(notice, decision, languages, body);
  }
  if (!(await mayTell(notice, { address, sender, robot }, false))) return;
  const { expire } = list.settings.moderation;
  const words = { subject, days: daysOf(expire) };
  const content = letter(notice, reader, "post-expired", words);
  emit({ recipient: address, content, outside: true });
}
