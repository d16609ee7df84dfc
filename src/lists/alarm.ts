/**
 * Messages that a list writes to itself, most of them for later: an alarm is an entry that is not due yet.
 * What one is about stands in its address; nobody reads it. Pure.
 */
import type { Piece } from "../base/pieces.ts";
import { compose, messageId } from "../mail/compose.ts";
import type { List } from "./directory.ts";
import type { Emitter } from "./letter.ts";
import { extended } from "./marks.ts";
import type { Site } from "./settings.ts";

/** On what occasion. */
export interface About {
  readonly site: Pick<Site, "delimiters" | "hostname">;
  readonly list: Pick<List, "local" | "domain">;
  /** The same in every try. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The message. @param to one of the list's addresses */
export function note(
  { site, list, id, now }: About,
  to: string,
  subject: string,
): Piece {
  return compose({
    from: extended(site, list, "owner"),
    to,
    subject,
    date: new Date(now),
    messageId: messageId(`alarm.${id}`, site.hostname),
    text: "A note that the list wrote itself.\n",
  });
}

/** @param due milliseconds since 1970 */
export function emitAlarm(
  about: About & Emitter,
  extension: string,
  subject: string,
  due: number,
): void {
  const { site, list, emit } = about;
  const recipient = extended(site, list, extension);
  const content = [note(about, recipient, subject)];
  emit({ recipient, content, due: Math.ceil(due / 1000) });
}
