/**
 * What comes from an MTA, by whatever door: the bytes go to one draft, and each of its recipients
 * gets an entry of `incoming` that shares them by hard link; what is a bounce for sure goes to the queue
 * that is for it. Returns only when all is on disk. When it
 * throws, the MTA brings the message again, to all of its recipients; so one of several may get it
 * twice: spool/enqueue.ts says when.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { exit, Failure } from "../base/errors.ts";
import type { Site } from "../lists/settings.ts";
import { keyOf } from "../mail/address.ts";
import { looksLikeMessage } from "../mail/header.ts";
import { authorOf, type Message, openMessage } from "../mail/message.ts";
import { traceEnvelope } from "../mail/trace.ts";
import { makeFolder, writeNew } from "../spool/durable.ts";
import { enqueueAll, mustBeThere } from "../spool/enqueue.ts";
import type { Envelope } from "../spool/envelope.ts";
import { withoutCrlf } from "../spool/lineends.ts";
import { freshName, newId } from "../spool/name.ts";
import { frontDoor } from "../spool/queue.ts";
import type { Spool } from "../spool/spool.ts";
import type { Addressed, Destination } from "./door.ts";

export interface Intake {
  readonly site: Site;
  readonly spool: Spool;
  readonly clock: Clock;
}

/** A message on disk that nobody has taken yet. */
export interface Arrival {
  readonly message: Message;
  /** Bytes, with LF line ends. */
  readonly size: number;
  /** Lays it into `incoming`, for each destination once. @returns the entries' ids, in their order */
  take(
    sender: string,
    destinations: readonly Destination[],
  ): Promise<readonly string[]>;
  /**
   * Lays it into a queue, with the null sender.
   * @param at the list that the recipient is an address of, where it is known
   * @returns the entry's id
   */
  lay(queue: string, recipient: string, at?: Addressed): Promise<string>;
}

/**
 * Writes a message to disk, and has it taken. The draft is gone afterwards, whatever happens.
 * Throws Failure: 77 it or its header is too large, 65 it is no message, 75 there is no spool.
 */
export async function arrive<T>(
  given: Intake,
  input: AsyncIterable<Uint8Array>,
  settle: (arrival: Arrival) => Promise<T>,
): Promise<T> {
  const { spool, site } = given;
  mustBeThere(spool);
  const draft = mkdtempSync(join(spool.writing(frontDoor), "receive-"));
  try {
    const file = join(draft, "message");
    await writeNew(file, limited(withoutCrlf(input), site.limits.message));
    const { size } = statSync(file);
    const pieces = [{ path: file, start: 0, end: size }];
    const message = await openMessage(pieces, site.limits.header);
    if (message.headerTooLarge)
      throw new Failure(
        exit.noPermission,
        `the header is larger than ${site.limits.header} bytes, the limit of this site`,
      );
    if (!looksLikeMessage(message.header))
      throw new Failure(
        exit.dataError,
        "what came is no message: it has no header field",
      );
    return await settle({
      message,
      size,
      take: (sender, destinations) => take(given, file, sender, destinations),
      lay: (queue, recipient, at) =>
        lay(given, file, queue, {
          sender: "",
          recipient,
          ...(at && { list: at.list.address, extension: at.extension }),
        }),
    });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function take(
  { spool, clock }: Intake,
  file: string,
  sender: string,
  destinations: readonly Destination[],
): Promise<readonly string[]> {
  const now = clock.now();
  const ids = new Map<string, string>();
  const entries = eachOnce(destinations).map((destination) => {
    const { list, extension, recipient } = destination;
    const id = newId(now);
    ids.set(keyOfDoor(destination), id);
    return {
      queue: frontDoor,
      name: freshName(now, id),
      envelope: fromOutside(
        { sender, recipient, list: list.address, extension },
        now,
      ),
      message: file,
    };
  });
  await enqueueAll(spool, frontDoor, entries);
  return destinations.map((one) => ids.get(keyOfDoor(one)) ?? "");
}

async function lay(
  { spool, clock }: Intake,
  file: string,
  queue: string,
  envelope: Outside,
): Promise<string> {
  const now = clock.now();
  const id = newId(now);
  // Where it is missing: what is laid into a folder is only as safe as the folder's own name.
  await makeFolder(spool.waiting(queue));
  spool.make(queue);
  await enqueueAll(spool, queue, [
    {
      queue,
      name: freshName(now, id),
      envelope: fromOutside(envelope, now),
      message: file,
    },
  ]);
  return id;
}

type Outside = Pick<Envelope, "sender" | "recipient" | "list" | "extension">;

/** The envelope of what came from outside. */
function fromOutside(envelope: Outside, now: number): Envelope {
  return {
    ...envelope,
    origin: "mta",
    received: new Date(now).toISOString(),
    history: [],
  };
}

/** The envelope of a message that an MTA left in the Maildir. */
export async function introduced(
  message: Message,
  found: (recipient: string) => Promise<Addressed | undefined>,
  now: number,
): Promise<Envelope> {
  const trace = traceEnvelope(message.header);
  const recipient = trace.recipient ?? "";
  const list = recipient ? await found(recipient) : undefined;
  return fromOutside(
    {
      sender: trace.sender ?? authorOf(message.header) ?? "",
      recipient,
      ...(list ? { list: list.list.address, extension: list.extension } : {}),
    },
    now,
  );
}

/** Two spellings of one address are one recipient, as it was written first. */
function eachOnce(destinations: readonly Destination[]): Destination[] {
  const seen = new Set<string>();
  return destinations.filter((one) => {
    const key = keyOfDoor(one);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Return paths of BounceHandler have one door, and each is somebody else's. */
function keyOfDoor({ list, extension, recipient }: Destination): string {
  const whose = extension === "bounces" ? keyOf(recipient) : "";
  return `${list.address} ${extension} ${whose}`;
}

async function* limited(
  source: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.byteLength;
    if (size > most)
      throw new Failure(
        exit.noPermission,
        `the message is larger than ${most} bytes, the limit of this site`,
      );
    yield chunk;
  }
}
