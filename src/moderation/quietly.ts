/**
 * Posts that a hook holds by the hundred: moderators are asked about the first, and the others are
 * reminded of, and end, like all that waits.
 */
import type { List } from "../lists/directory.ts";
import type { Emitter } from "../lists/letter.ts";
import { windowsOf } from "../lists/policy/windows.ts";
import type { Site } from "../lists/settings.ts";
import { alarms } from "./alarm.ts";

/** Sets the alarms of a post that is held without a question: one reminder for all of a time. */
export async function heldQuietly(
  about: Emitter & {
    readonly site: Site;
    readonly list: List;
    readonly id: string;
    readonly now: number;
    readonly trial?: boolean;
    log(text: string): void;
  },
): Promise<void> {
  const { site, list, id, now, trial } = about;
  if (trial) return;
  const { remind } = list.settings.moderation;
  const windows = await windowsOf(site.home);
  const isFirst =
    remind > 0 &&
    (await windows.first("quiet", list.address, id, now, remind)) === id;
  alarms(about, id, isFirst);
}
