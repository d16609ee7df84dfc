/**
 * The posts of a list that somebody did not get for a while, as lines for a letter: number and subject.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { List } from "../../lists/directory.ts";
import { highest, numberPath, numbersOf } from "../../lists/sequence.ts";
import type { Site } from "../../lists/settings.ts";
import { openMessage } from "../../mail/message.ts";

/** Most that are named. */
const NAMED = 50;
/** Most characters of a subject. */
const SUBJECT = 200;

/** @param since milliseconds since 1970 @returns the newest, oldest of them first; none without an archive */
export async function missedSince(
  site: Pick<Site, "home" | "limits">,
  list: Pick<List, "address" | "settings">,
  since: number,
): Promise<string[]> {
  if (!list.settings.archive) return [];
  const numbers = numbersOf(join(site.home, "archive", list.address));
  const lines: string[] = [];
  let number = highest(numbers);
  for (; number > 0 && lines.length < NAMED; number -= 1) {
    const path = numberPath(numbers, number);
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found || found.mtimeMs < since) break;
    const content = [{ path, start: 0, end: found.size }];
    const { header } = await openMessage(content, site.limits.header);
    const subject = header.text("Subject").slice(0, SUBJECT).toWellFormed();
    lines.push(`${number}  ${subject}`.trimEnd());
  }
  if (lines.length === NAMED && number > 0) lines.push("…");
  return lines.reverse();
}
