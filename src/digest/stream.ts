/**
 * What the digest queue does with what comes: LIST-digest@ is a post to collect, LIST-digest-issue@ an
 * operator's wish, and with more behind it an alarm (alarm.ts); LIST-digest-mime-…@ and -plain-…@ are
 * issues on their way (readers.ts).
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Piece } from "../base/pieces.ts";
import { HOUR } from "../base/units.ts";
import type { List } from "../lists/directory.ts";
import { rosterOf } from "../lists/roster.ts";
import type { Site } from "../lists/settings.ts";
import { writeNew } from "../spool/durable.ts";
import { type Alarm, alarmIn, forget, setAlarm } from "./alarm.ts";
import { collect, dueAt, isFull, type Pending, pending } from "./collect.ts";
import { begun, claim, type Issue, lastRecord } from "./issues.ts";
import { buildMime } from "./mime.ts";
import { buildPlain } from "./plain.ts";
import { type Form, forms, issueIn, type Part, partsOf } from "./readers.ts";

export interface Arrival {
  readonly site: Site;
  readonly list: List;
  /** The entry's id, the same in every try. */
  readonly id: string;
  readonly received: Date;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What follows `digest`: "", "issue", "mime-5" … */
  readonly extension: string;
  readonly byHand: boolean;
  /** As of which change to the members the post was distributed; undefined: nobody has said. */
  readonly asOf?: number | undefined;
  readonly content: readonly Piece[];
  address(extension: string): string;
  /** The path of a file that may be written; it lasts as long as what follows needs it. */
  scratch(): string;
  log(text: string): void;
}

/** A message that follows. `due` is in seconds since 1970. */
export interface Following {
  readonly recipient: string;
  readonly content: readonly Piece[];
  readonly due?: number;
}

/** @returns the messages that follow: an alarm, or an issue in its two forms and its parts */
export async function collectOrIssue(arrival: Arrival): Promise<Following[]> {
  const { extension, list, id, now, byHand } = arrival;
  const digestDir = digestOf(arrival.site, list);
  if (issueIn(extension)) return [];
  const settings = list.settings.digest;
  // An issue that was begun under this id before a crash is finished first.
  if (begun({ digestDir, id })) return issue(arrival, digestDir);
  const isPost = !/^issue\b/.test(extension);
  const state = isPost ? await kept(arrival, digestDir) : pending(digestDir);
  const limit = arrival.site.limits.message;
  if (isFull(state, settings, limit)) return issue(arrival, digestDir);
  if (isPost) return alarms(arrival, digestDir, state);
  if (byHand) return issue(arrival, digestDir);
  const rung = alarmIn(extension);
  // What is the oldest now has an alarm of its own.
  if (rung && rung.first <= lastRecord(digestDir).last) return [];
  const isDue =
    (dueAt(state, settings, now) ?? Number.POSITIVE_INFINITY) <= now;
  return isDue
    ? issue(arrival, digestDir)
    : alarms(arrival, digestDir, state, rung);
}

/** A post that nobody has dated is of now. */
async function kept(arrival: Arrival, digestDir: string): Promise<Pending> {
  const { site, list } = arrival;
  const asOf = arrival.asOf ?? (await rosterOf(site.home).last(list.address));
  return collect({ ...arrival, asOf, digestDir });
}

/** HOME/archive/<list address>/digest. */
export function digestOf(
  { home }: Pick<Site, "home">,
  { address }: Pick<List, "address">,
): string {
  return join(home, "archive", address, "digest");
}

/**
 * The alarm of the oldest post that is in no issue, unless there is one.
 * @param rung the one that has come just now
 */
async function alarms(
  arrival: Arrival,
  digestDir: string,
  state = pending(digestDir),
  rung?: Alarm,
): Promise<Following[]> {
  const folder = join(digestDir, "alarms");
  if (rung) forget(folder, rung);
  const { now } = arrival;
  const due = dueAt(state, arrival.list.settings.digest, now);
  if (state.first === undefined || due === undefined) return [];
  const found: Following[] = [];
  const about = { ...arrival, emit: (one: Following) => found.push(one) };
  // Somebody may have dropped the alarm: once it is overdue there is another one each hour.
  const at = due < now - HOUR ? Math.floor(now / HOUR) * HOUR : due;
  const alarm = { first: state.first, second: Math.ceil(at / 1000) };
  await setAlarm(about, folder, alarm);
  return found;
}

/** @returns the issue in all that is sent of it, and an alarm for posts that came meanwhile */
async function issue(
  arrival: Arrival,
  digestDir: string,
): Promise<Following[]> {
  const { id, list, now, site } = arrival;
  const counting = { ...list.settings.digest, now };
  const found = await claim({ digestDir, id }, counting);
  const sent: Following[] = [];
  if (found) {
    const has = found.posts.map(() => true);
    const whole = forms.map((form) => ({ form, name: "", has }));
    const parts = await partsOf(rosterOf(site.home), list.address, found);
    for (const part of [...whole, ...parts])
      sent.push(await sending(arrival, found, part));
  }
  return [...sent, ...(await alarms(arrival, digestDir))];
}

async function sending(
  arrival: Arrival,
  whole: Issue,
  { form, name, has }: Part,
): Promise<Following> {
  const { id, list, received, site, address } = arrival;
  const posts = whole.posts.filter((_, at) => has[at]);
  const which = name === "" ? "" : `.${name}`;
  const masthead = {
    audience: { site, list },
    from: address("owner"),
    date: whole.time > 0 ? new Date(whole.time) : received,
    // Somebody who changes over may get two of one issue: they are two messages.
    id: `${id}${form === "mime" ? "" : `.${form}`}${which}`,
  };
  const content = await builders[form]({ ...whole, posts }, masthead);
  const words = ["digest", form, whole.number, ...(name === "" ? [] : [name])];
  return {
    recipient: address(words.join(site.delimiters.charAt(0) || "-")),
    content: form === "plain" ? await laidDown(arrival, content) : content,
  };
}

const builders = { mime: buildMime, plain: buildPlain } as const satisfies {
  readonly [F in Form]: unknown;
};

/** The same content in a file: of many parts not all are in memory. */
async function laidDown(
  { scratch }: Arrival,
  content: readonly Piece[],
): Promise<Piece[]> {
  const path = scratch();
  await writeNew(path, content);
  return [{ path, start: 0, end: statSync(path).size }];
}
