/**
 * What waits in `held/` for a moderator: an entry of a list, told by its id or by the end of it, as
 * it stands in a moderator's token. Moves nothing.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { authorOf, type Message, openMessage } from "../mail/message.ts";
import { type Envelope, readEnvelope } from "../spool/envelope.ts";
import { birth } from "../spool/name.ts";
import { entriesOf, type Found } from "../spool/operator.ts";
import type { Spool } from "../spool/spool.ts";

/** An entry that waits for a moderator. */
export interface Held {
  readonly found: Found;
  readonly envelope: Envelope;
  readonly list: string;
  readonly reason: string;
  /** Milliseconds since 1970 from which it has waited. */
  readonly since: number;
  /** The hook that held it; "" where nobody knows. */
  readonly where: string;
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

/** What waits, of one list or of all, the oldest first. */
export function* heldOf(spool: Spool, list?: string): Generator<Held> {
  for (const found of entriesOf(spool, "held")) {
    const held = heldIn(found);
    if (held && (list === undefined || held.list === list)) yield held;
  }
}

/** The entry of a list whose id ends so; undefined where it does not wait any more. */
export function findHeld(
  spool: Spool,
  list: string,
  tail: string,
): Held | undefined {
  if (tail.length < TAIL) return undefined;
  for (const found of entriesOf(spool, "held"))
    if (found.name.id.endsWith(tail)) {
      const held = heldIn(found);
      if (held?.list === list) return held;
    }
  return undefined;
}

function heldIn(found: Found): Held | undefined {
  const read = readEnvelope(found.path);
  if (read.kind !== "envelope" || read.envelope.list === undefined)
    return undefined;
  const { envelope } = read;
  const stays = envelope.history.filter(({ what }) => what === "held");
  const event = stays.at(-1);
  const { id } = found.name;
  const since = event ? Date.parse(event.at) : birth(id);
  return {
    found,
    envelope,
    list: read.envelope.list,
    reason: event?.reason ?? "",
    since,
    where: event?.where ?? "",
    stay: stays.length > 1 ? `${since.toString(36)}-${id}` : id,
  };
}

/** Looks at the message of an entry. Throws ENOENT where it has just gone. */
export async function sightOf({ found }: Pick<Held, "found">): Promise<Sight> {
  const path = join(found.path, "message");
  const { size } = statSync(path);
  return sightIn(
    await openMessage([{ path, start: 0, end: size }], HEADER),
    size,
  );
}

const HEADER = 256 * 1024;

/** The same of a message that is at hand. */
export function sightIn(message: Message, size: number): Sight {
  return {
    message,
    author: authorOf(message.header) ?? "",
    subject: message.header.text("Subject"),
    size,
  };
}
