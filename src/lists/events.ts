/**
 * What happens to lists, their people and posts, as messages in the queue `events`: one JSON object each
 * (schema/event.ts), so that a hook in any language can act on it. Pure.
 */
import { derivedId } from "../base/ids.ts";
import { oneLine } from "../base/log.ts";
import type { Piece } from "../base/pieces.ts";
import { composeParts, messageId } from "../mail/compose.ts";
import { Header } from "../mail/header.ts";
import { authorOf } from "../mail/message.ts";
import { birth } from "../spool/name.ts";
import type { Actor } from "../state/actor.ts";
import type { List } from "./directory.ts";
import { extended } from "./marks.ts";
import { type DetailOf, type Kind, VERSION } from "./schema/event.ts";
import type { Site } from "./settings.ts";

/** The queue, and what stands behind a list's name in the address. */
export const EVENTS = "events";

export interface ListEvent {
  readonly version: number;
  /** The same however often it is told. */
  readonly id: string;
  /** Such as `list.created`. */
  readonly event: string;
  /** The list's address. */
  readonly list: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Who did it, and by which door. */
  readonly by: Pick<Actor, "by" | "who">;
  /** The entry or the command that it follows from, and the mail. */
  readonly cause: { readonly id?: string; readonly message_id?: string };
  /** What else there is to say, by the kind of event. */
  readonly detail: Readonly<Record<string, unknown>>;
}

type Named = Pick<List, "local" | "domain">;
type Where = Pick<Site, "delimiters" | "hostname">;

/** The address that an event of a list is for. */
export function eventsAddress(site: Where, list: Named): string {
  return extended(site, list, EVENTS);
}

/** @param at milliseconds since 1970 */
export function eventOf(
  event: string,
  { id, list, at }: { id: string; list: string; at: number },
  { by, who, cause, messageId }: Actor,
  detail: ListEvent["detail"],
): ListEvent {
  return {
    version: VERSION,
    id,
    event,
    list,
    at: new Date(at).toISOString(),
    by: { by, who },
    cause: {
      ...(cause ? { id: cause } : {}),
      ...(messageId ? { message_id: messageId } : {}),
    },
    detail,
  };
}

/** An event as a message. */
export function eventMessage(
  site: Where,
  list: Named,
  event: ListEvent,
): Buffer {
  const fields = {
    from: extended(site, list, "owner"),
    to: eventsAddress(site, list),
    subject: `${event.event} ${event.list}`,
    date: new Date(event.at),
    messageId: messageId(`event.${event.id}`, site.hostname),
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

/** Where something happens: an entry that is at work. */
export interface Occurrence {
  readonly site: Where;
  readonly list: Named & {
    readonly address: string;
    readonly settings: { readonly events_without: readonly string[] };
  };
  /** Of the entry. */
  readonly id: string;
  readonly queue: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What goes straight into the queue, with the commit of the entry. */
export interface EventEmission {
  readonly queue: typeof EVENTS;
  readonly list: string;
  readonly recipient: string;
  readonly content: readonly Piece[];
}

/**
 * What tells of something that has happened to an entry; undefined where the list does without.
 * @param more tells it from others of its kind that the entry brings about; the same in every try
 */
export function emissionOf<K extends Kind>(
  { site, list, id, queue, now }: Occurrence,
  event: K,
  actor: Actor,
  detail: DetailOf<K>,
  more = "",
): EventEmission | undefined {
  if (list.settings.events_without.includes(event)) return undefined;
  const cause = `${queue}/${id}`;
  const told = eventOf(
    event,
    {
      id: derivedId(birth(id), `${event} ${list.address} ${cause} ${more}`),
      list: list.address,
      at: now,
    },
    { cause, ...actor },
    detail,
  );
  return {
    queue: EVENTS,
    list: list.address,
    recipient: eventsAddress(site, list),
    content: [eventMessage(site, list, told)],
  };
}

interface Post {
  readonly message: { readonly header: Header };
  readonly envelope: { readonly sender: string };
}

/** What events say of a post. */
export function postShown({ message: { header }, envelope }: Post) {
  return {
    author: authorOf(header) ?? "",
    sender: envelope.sender,
    subject: oneLine(header.text("Subject"), 500),
  };
}

/** The Message-ID of a mail, of a length that a line of a header may have. */
export function messageIdIn(header: Header): string {
  return oneLine(header.get("Message-ID") ?? "", 998);
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
