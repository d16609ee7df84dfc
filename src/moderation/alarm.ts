/**
 * What a list writes to itself at LIST-moderators@: alarms, and the news of a decision. Pure.
 */
import { type About, emitAlarm } from "../lists/alarm.ts";
import type { List } from "../lists/directory.ts";
import type { Emitter } from "../lists/letter.ts";
import type { Site } from "../lists/settings.ts";

/** What it is about. `author`: the author's time is over. `decided`: on the command line. */
export type Matter = "remind" | "expire" | "author" | "decided";

/** Of every such message. */
export const SUBJECT = "What waits for the moderators";

/** `moderators-expire-ID`, by the site's first delimiter. @param entry what it is about; "" for all */
export function extensionFor(
  { delimiters }: Pick<Site, "delimiters">,
  matter: Matter,
  entry: string,
): string {
  const words = ["moderators", matter, entry].filter(Boolean);
  return words.join(delimiters.charAt(0) || "-");
}

const shape =
  /^moderators(?:[-+=_#](remind|expire|author|decided)(?:[-+=_#]([a-z0-9-]+))?)?$/;

/** What a message to LIST-moderators@ is about; `matter` undefined: something that is held, which it is. */
export function matterIn(extension: string): {
  readonly matter: Matter | undefined;
  readonly entry: string;
} {
  const [, matter, entry = ""] = shape.exec(extension) ?? [];
  return { matter: matter as Matter | undefined, entry };
}

type Setting = About & Emitter & { log(text: string): void };

/**
 * Those for what waits from now on: one that reminds, and one at the end of the time for it.
 * @param reminds whether there is none yet that does
 */
export function alarms(
  about: Setting & { readonly list: Pick<List, "settings"> },
  entry: string,
  reminds = true,
): void {
  const { remind, expire } = about.list.settings.moderation;
  if (remind > 0 && reminds) alarm(about, "remind", "", about.now + remind);
  if (expire > 0) alarm(about, "expire", entry, about.now + expire);
}

/**
 * Sets an alarm. Where addresses are not cut at all none could come: then the log says so.
 * @param due milliseconds since 1970
 */
export function alarm(
  about: Setting,
  matter: Matter,
  entry: string,
  due: number,
): void {
  const { site, log } = about;
  if (site.delimiters === "") {
    log(
      `no alarm (${matter}): delimiters is empty, so lists have no addresses`,
    );
    return;
  }
  emitAlarm(about, extensionFor(site, matter, entry), SUBJECT, due);
}
