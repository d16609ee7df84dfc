/**
 * What waits in `held/` for a moderator: an entry of a list that a hook has held, told by its id or by
 * the end of it, as it stands in a moderator's token. What a person or a repair has laid aside is none
 * of it, nor a post whose author is still waited for. Moves nothing.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, Failure } from "../base/errors.ts";
import type { Lists } from "../lists/directory.ts";
import { type Wish, wishIn } from "../lists/joining.ts";
import type { Site } from "../lists/settings.ts";
import { authorOf, type Message, openMessage } from "../mail/message.ts";
import { type Envelope, readEnvelope } from "../spool/envelope.ts";
import { entriesOf, type Found } from "../spool/operator.ts";
import type { Spool } from "../spool/spool.ts";
import { Asked } from "./asked.ts";

/** Where one looks, and when. */
export interface Looking {
  readonly site: Pick<Site, "home">;
  readonly spool: Spool;
  readonly lists: Pick<Lists, "get">;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** An entry that waits for a moderator. */
export interface Held {
  readonly found: Found;
  readonly envelope: Envelope;
  /** The address that the list has now. */
  readonly list: string;
  readonly reason: string;
  /** Milliseconds since 1970 from which it has waited. */
  readonly since: number;
  /** The hook that held it. */
  readonly where: string;
  /** Until when its author is waited for, milliseconds since 1970; undefined where he was not asked. */
  readonly asked: number | undefined;
  /** Somebody's wish to join or to leave; undefined for a post. */
  readonly wish: Wish | undefined;
  /** Of this stay: what was let go may be held again, and is decided about anew. */
  readonly stay: string;
}

/** What a moderator is told of it. */
export interface Sight {
  readonly message: Message;
  /** "" where nobody is named. */
  readonly author: string;
  readonly subject: string;
  /** Bytes. */
  readonly size: number;
}

/** Characters of the end of an id that a token holds: what is random in it. */
const TAIL = 12;

/** What stands for an id in a token. */
export function tailOf(id: string): string {
  return id.slice(-TAIL);
}

/** What waits for moderators, of one list or of all, the oldest first. */
export function* heldOf(looking: Looking, list?: string): Generator<Held> {
  const asked = new Asked(looking.site.home);
  for (const found of entriesOf(looking.spool, "held")) {
    const held = heldIn(looking, found, asked);
    if (!held || (list !== undefined && held.list !== list)) continue;
    if (!isAuthors(held, looking)) yield held;
  }
}

/** Whether its author is waited for: it is not for moderators yet. */
export function isAuthors(
  { asked }: Pick<Held, "asked">,
  { now }: Pick<Looking, "now">,
): boolean {
  return asked !== undefined && asked > now;
}

/**
 * The entry whose id ends so, also while its author is waited for; undefined where it does not wait
 * any more.
 * @param list the address of its list; undefined for any
 */
export function findHeld(
  looking: Looking,
  list: string | undefined,
  tail: string,
): Held | undefined {
  if (tail.length < TAIL) return undefined;
  const asked = new Asked(looking.site.home);
  for (const found of entriesOf(looking.spool, "held"))
    if (found.name.id.endsWith(tail)) {
      const held = heldIn(looking, found, asked);
      if (held && (list === undefined || held.list === list)) return held;
    }
  return undefined;
}

/** Undefined for what no hook has held. */
function heldIn(
  { lists }: Looking,
  found: Found,
  asked: Asked,
): Held | undefined {
  const read = readEnvelope(found.path);
  if (read.kind !== "envelope" || read.envelope.list === undefined)
    return undefined;
  const { envelope } = read;
  const event = envelope.history.findLast(({ what }) => what === "held");
  // A hook's path; a person is an "operator".
  if (!event?.where.includes("/")) return undefined;
  const { id } = found.name;
  const since = Date.parse(event.at);
  const list = addressNow(lists, read.envelope.list);
  const reason = event.reason ?? "";
  return {
    found,
    envelope,
    list,
    reason,
    since,
    where: event.where,
    asked: isAuthorsStay({ envelope, where: event.where })
      ? asked.until(list, id)
      : undefined,
    wish: event.where.startsWith("commands/") ? wishIn(reason) : undefined,
    // What was let go has passed something; its history may be cut short.
    stay: envelope.passed?.length ? `${since.toString(36)}-${id}` : id,
  };
}

/** The stage that asks authors. */
const ASKING = "posts/10-approve/";

/** Whether a post can be waiting for its author: one that he, or anybody, has let go waits for others. */
export function isAuthorsStay({
  envelope,
  where,
}: Pick<Held, "envelope" | "where">): boolean {
  const { passed = [] } = envelope;
  return (
    where.startsWith(ASKING) &&
    !passed.some((one) => `${one}/`.startsWith(ASKING))
  );
}

/** The address that a list has now, whichever it had. */
function addressNow(lists: Pick<Lists, "get">, address: string): string {
  try {
    return lists.get(address)?.address ?? address;
  } catch (error) {
    // Broken settings of one list are no trouble of another.
    if (error instanceof Failure) return address;
    throw error;
  }
}

/** Looks at the message of an entry. Throws ENOENT where it has just gone. */
export async function sightOf({
  found,
  wish,
}: Pick<Held, "found" | "wish">): Promise<Sight> {
  const path = join(found.path, "message");
  const { size } = statSync(path);
  const message = await openMessage([{ path, start: 0, end: size }]);
  const sight = sightIn(message, size);
  if (!wish) return sight;
  // The mail is only how the answer came, and may be from elsewhere.
  const { address, command } = wish;
  return { ...sight, author: address, subject: `${command} ${address}` };
}

/** The same; undefined where somebody has just decided about it. */
export async function seen(held: Held): Promise<Sight | undefined> {
  try {
    return await sightOf(held);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The same of a message that is at hand. */
export function sightIn(message: Message, size: number): Sight {
  return {
    message,
    author: authorOf(message.header) ?? "",
    subject: message.header.text("Subject"),
    size,
  };
}
