/**
 * The alarm of what waits for a digest: a message to LIST-digest-issue-FIRST-SECOND@ that is not due
 * before that second, FIRST the number of the oldest post. The spool is the calendar. For a post and a
 * second there is one alarm, over all hosts; when its post has gone out, it does nothing.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../base/errors.ts";
import { type About, emitAlarm } from "../lists/alarm.ts";
import type { Emitter } from "../lists/letter.ts";
import { REMEMBERED } from "../lists/sequence.ts";
import { sweepTickets, ticket } from "../lists/ticket.ts";

/** What an alarm is about. */
export interface Alarm {
  /** The number of a post. */
  readonly first: number;
  /** Since 1970. */
  readonly second: number;
}

/** What a message to LIST-digest-issue@ is about: an alarm, or undefined for all that waits. */
export function alarmIn(extension: string): Alarm | undefined {
  const [, first, second] =
    /^issue[-+=_#]([0-9]{1,15})[-+=_#]([0-9]{1,15})$/.exec(extension) ?? [];
  return first === undefined
    ? undefined
    : { first: Number(first), second: Number(second) };
}

type Setting = About & Emitter & { log(text: string): void };

/** Sets an alarm, unless there is one. @param folder where it is noted which there are */
export async function setAlarm(
  about: Setting,
  folder: string,
  alarm: Alarm,
): Promise<void> {
  const { site, log, id, now } = about;
  if (site.delimiters === "")
    return log("no alarm: delimiters is empty, so lists have no addresses");
  if ((await ownerOf(folder, keyOf(alarm), id)) !== id) return;
  const { first, second } = alarm;
  const words = ["digest", "issue", first, second];
  const extension = words.join(site.delimiters.charAt(0));
  // Behind what is due already: of several posts that come late, one issue is made.
  const due = Math.max(second * 1000, now);
  emitAlarm(about, extension, "What waits for the digest", due);
}

/** Of an alarm that has rung: there may be another one for the same time. */
export function forget(folder: string, alarm: Alarm): void {
  rmSync(join(folder, keyOf(alarm)), { recursive: true, force: true });
}

function keyOf({ first, second }: Alarm): string {
  return `${first}-${second}`;
}

/** The id of the entry that sets an alarm. */
async function ownerOf(
  folder: string,
  key: string,
  id: string,
): Promise<string> {
  const [known] = namesIn(join(folder, key));
  if (known !== undefined) return known;
  const made = await ticket(folder, key, id, (path) => mkdirSync(path));
  if (made.label === id) sweepTickets(folder, REMEMBERED);
  return made.label;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
