/**
 * Makes the envelope of a post or an event that a consumer's queue has. What is large stays in the
 * archive: memory is bounded by the setting `inline` and the limit of headers, whatever the message.
 */
import { createHash } from "node:crypto";
import { oneLine } from "../base/log.ts";
import { bytes, chunks, lengthOf, type Piece } from "../base/pieces.ts";
import type { List } from "../lists/directory.ts";
import { permalinkOf } from "../lists/permalink.ts";
import { numberPath, numbersOf } from "../lists/sequence.ts";
import type { Site } from "../lists/settings.ts";
import type { Message } from "../mail/message.ts";
import { messageIdHash } from "../mail/messageidhash.ts";
import { type Envelope, VERSION } from "./envelope.ts";

/** What a hook is given, as far as it matters here. */
export interface Copy {
  readonly id: string;
  readonly queue: string;
  readonly envelope: {
    readonly list?: string;
    readonly number?: number;
    readonly received: string;
  };
  readonly list: List | undefined;
  readonly message: Message;
  readonly site: Pick<Site, "home" | "archive">;
}

/** Most bytes of an event. */
const EVENT = 1024 * 1024;

/**
 * @param inline bytes up to which a message stands in its envelope
 * @returns the envelope, or a sentence that says why there can be none
 */
export async function envelopeOf(
  copy: Copy,
  inline: number,
): Promise<Envelope | string> {
  return copy.queue.startsWith("events-")
    ? ofEvent(copy)
    : ofPost(copy, inline);
}

async function ofPost(copy: Copy, inline: number): Promise<Envelope | string> {
  const { envelope, list, message, site } = copy;
  const { number } = envelope;
  const header = message.header;
  const pieces = message.pieces();
  const size = lengthOf(pieces);
  const id = header.get("Message-ID");
  const common = {
    version: VERSION,
    id: number && list ? `${list.address}/${number}` : copy.id,
    kind: "post",
    list: told(copy),
    ...given({
      number,
      message_id: id,
      hash: messageIdHash(id),
      permalink: list && permalinkOf(site, list, header),
    }),
    received: new Date(envelope.received).toISOString(),
    headers: header.entries(),
  } as const;
  if (size <= inline)
    return { ...common, raw: (await bytes(pieces, size)).toString("base64") };
  if (!number || !list)
    return `it has ${size} bytes, more than [archive] inline of this consumer, and lies in no archive`;
  const place = numberPath(numbersOf(list.address), number);
  const sha256 = await digest(pieces);
  return {
    ...common,
    reference: { path: place, bytes: size, sha256 },
  };
}

async function ofEvent(copy: Copy): Promise<Envelope | string> {
  const { body } = copy.message;
  if (lengthOf(body) > EVENT)
    return `an event of more than ${EVENT} bytes is none`;
  const event = objectIn((await bytes(body, EVENT)).toString());
  if (typeof event?.event !== "string" || event.event === "")
    return "it is no event: its body is no JSON object with an event in it";
  const { id, at, list } = event;
  const known = told(copy);
  return {
    version: VERSION,
    id: typeof id === "string" && id !== "" ? id.slice(0, 1000) : copy.id,
    kind: oneLine(event.event)
      .replace(/[^\w.-]/g, "_")
      .slice(0, 100),
    list:
      known.address === "" && typeof list === "string"
        ? { address: list }
        : known,
    received: timeOf(at) ?? new Date(copy.envelope.received).toISOString(),
    event,
  };
}

function told({ list, envelope }: Copy): Envelope["list"] {
  const description = list?.settings.description;
  return {
    address: list?.address ?? envelope.list ?? "",
    ...(description && { description }),
  };
}

/** Only what is there. */
function given<T extends object>(fields: T) {
  const there = Object.entries(fields).filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(there) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const found: unknown = JSON.parse(text);
    const isObject = typeof found === "object" && !Array.isArray(found);
    return isObject && found ? (found as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function timeOf(at: unknown): string | undefined {
  const time = typeof at === "string" ? Date.parse(at) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

async function digest(pieces: readonly Piece[]): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunks(pieces)) hash.update(chunk);
  return hash.digest("hex");
}
