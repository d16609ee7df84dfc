/**
 * What happens to lists, as messages in the queue `events`: one JSON object each,
 * `{event, list, at, by, detail}`, so that a hook in any language can act on it. Pure.
 */
import { oneLine } from "../base/log.ts";
import { composeParts, messageId } from "../mail/compose.ts";
import { Header } from "../mail/header.ts";
import type { List } from "./directory.ts";
import { extended } from "./marks.ts";
import type { Site } from "./settings.ts";

/** The queue, and what stands behind a list's name in the address. */
export const EVENTS = "events";

/** Who did it, and by which door. */
export interface By {
  readonly by: string;
  /** An address or an account. */
  readonly who: string;
}

export interface ListEvent {
  /** Such as `list.created`. */
  readonly event: string;
  /** The list's address. */
  readonly list: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: By;
  /** What else there is to say, by the kind of event. */
  readonly detail: Readonly<Record<string, unknown>>;
}

type Named = Pick<List, "local" | "domain">;

/** The address that an event of a list is for. */
export function eventsAddress(site: Site, list: Named): string {
  return extended(site, list, EVENTS);
}

/** @param id must be new */
export function eventMessage(
  site: Site,
  list: Named,
  event: ListEvent,
  id: string,
): Buffer {
  const fields = {
    from: extended(site, list, "owner"),
    to: eventsAddress(site, list),
    subject: `${event.event} ${event.list}`,
    date: new Date(event.at),
    messageId: messageId(id, site.hostname),
    autoSubmitted: "auto-generated",
  } as const;
  const content = Buffer.from(
    `${ascii(JSON.stringify(event, undefined, 1))}\n`,
  );
  const header = new Header()
    .add("Content-Type", "application/json")
    .add("Content-Transfer-Encoding", "7bit");
  const pieces = composeParts(fields, { header, content: [content] });
  return Buffer.concat(pieces as Uint8Array[]);
}

/** JSON stays the same with \u escapes, and any program can read it by lines. */
function ascii(json: string): string {
  return json.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** An event in a line for the log; undefined where the text is none. @param text the body */
export function eventLine(text: string): string | undefined {
  let found: Partial<ListEvent>;
  try {
    found = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof found?.event !== "string") return undefined;
  const { event, list = "", by, detail = {} } = found;
  const who = by ? ` by ${by.by}${by.who ? ` ${by.who}` : ""}` : "";
  const more =
    Object.keys(detail).length > 0 ? ` ${JSON.stringify(detail)}` : "";
  return oneLine(`${event} ${list}${who}${more}`, 1000);
}
