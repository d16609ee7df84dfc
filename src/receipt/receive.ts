/**
 * The MTA's pipe: a message on stdin becomes entries of `incoming`, one for each recipient, which
 * share the bytes by hard link. Returns only when all is on disk; when it throws, nothing was taken.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { exit, Failure } from "../base/errors.ts";
import type { Lists } from "../lists/directory.ts";
import type { Site } from "../lists/settings.ts";
import { canonical } from "../mail/address.ts";
import { looksLikeMessage } from "../mail/header.ts";
import { authorOf, type Message, openMessage } from "../mail/message.ts";
import { traceEnvelope } from "../mail/trace.ts";
import { writeNew } from "../spool/durable.ts";
import { enqueueAll } from "../spool/enqueue.ts";
import type { Envelope } from "../spool/envelope.ts";
import { withoutCrlf } from "../spool/lineends.ts";
import { newId } from "../spool/name.ts";
import { frontDoor } from "../spool/queue.ts";
import type { Spool } from "../spool/spool.ts";
import { type Addressed, addressed, doorOf } from "./door.ts";

export interface Receiving {
  readonly site: Site;
  readonly lists: Lists;
  readonly spool: Spool;
  readonly clock: Clock;
  /** As the MTA gives it; "" or `<>` is the null sender; undefined: look into the message. */
  readonly sender: string | undefined;
  /** As the MTA gives them; none: look into the message. */
  readonly recipients: readonly string[];
  readonly input: AsyncIterable<Uint8Array>;
}

/** Throws Failure: 67 unknown list, 77 refused or too large, 65 no message. @returns the entries' ids */
export async function receive(given: Receiving): Promise<string[]> {
  const { spool, site, clock } = given;
  const known = eachOnce(
    given.recipients.map((recipient) => doorFor(given, recipient)),
  );
  const sender =
    given.sender === undefined ? undefined : senderOf(given.sender);
  spool.make(frontDoor);
  const draft = mkdtempSync(join(spool.writing(frontDoor), "receive-"));
  try {
    const file = join(draft, "message");
    await writeNew(
      file,
      limited(withoutMboxLine(withoutCrlf(given.input)), site.limits.message),
    );
    const message = await openMessage(
      [{ path: file, start: 0, end: statSync(file).size }],
      site.limits.header,
    );
    if (message.headerTooLarge)
      throw new Failure(
        exit.noPermission,
        `the header is larger than ${site.limits.header} bytes, the limit of this site`,
      );
    if (!looksLikeMessage(message.header))
      throw new Failure(
        exit.dataError,
        "what came on stdin is no message: it has no header field",
      );
    const trace = traceEnvelope(message.header);
    if (known.length === 0) known.push(doorFor(given, named(trace.recipient)));
    const envelope = {
      sender: sender ?? trace.sender ?? authorOf(message.header) ?? "",
    };
    const now = clock.now();
    const entries = known.map(({ list, extension, recipient }) => ({
      queue: frontDoor,
      name: { due: Math.floor(now / 1000), attempt: 0, id: newId(now) },
      envelope: fromOutside(
        { ...envelope, recipient, list: list.address, extension },
        now,
      ),
      message: file,
    }));
    await enqueueAll(spool, frontDoor, entries);
    return entries.map(({ name }) => name.id);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The envelope of a message that an MTA left in the Maildir. */
export function introduced(
  message: Message,
  found: (recipient: string) => Addressed | undefined,
  now: number,
): Envelope {
  const trace = traceEnvelope(message.header);
  const recipient = trace.recipient ?? "";
  const list = recipient ? found(recipient) : undefined;
  return fromOutside(
    {
      sender: trace.sender ?? authorOf(message.header) ?? "",
      recipient,
      ...(list ? { list: list.list.address, extension: list.extension } : {}),
    },
    now,
  );
}

function fromOutside(
  envelope: Pick<Envelope, "sender" | "recipient" | "list" | "extension">,
  now: number,
): Envelope {
  return {
    ...envelope,
    origin: "mta",
    received: new Date(now).toISOString(),
    history: [],
  };
}

function named(recipient: string | undefined): string {
  if (recipient) return recipient;
  throw new Failure(
    exit.usage,
    "no recipient: give it as an argument, or let the MTA write Delivered-To, X-Original-To or Envelope-To",
  );
}

function doorFor(
  { lists, site }: Receiving,
  text: string,
): Addressed & { recipient: string } {
  const recipient = canonical(text);
  const found = recipient
    ? addressed(lists, site.delimiters, recipient)
    : undefined;
  const door = found && doorOf(found.extension, site.delimiters, false);
  if (!recipient || !found || door?.kind === "unknown")
    throw new Failure(exit.noUser, `<${text}>: no such list here`);
  if (door?.kind === "closed")
    throw new Failure(
      exit.noPermission,
      `<${text}>: this address takes no mail from outside`,
    );
  return { ...found, recipient };
}

/** Two spellings of one address are one recipient. */
function eachOnce<T extends Addressed>(known: readonly T[]): T[] {
  const keyed = known.map(
    (one) => [`${one.list.address} ${one.extension}`, one] as const,
  );
  return [...new Map(keyed).values()];
}

/** "" for the null sender, which Postfix's pipe calls MAILER-DAEMON. */
function senderOf(text: string): string {
  if (text === "" || text === "<>" || text.toUpperCase() === "MAILER-DAEMON")
    return "";
  const sender = canonical(text);
  if (sender === undefined)
    throw new Failure(exit.dataError, `--sender <${text}>: not an address`);
  return sender;
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

const LINE = 64 * 1024;

/** Some MTAs write an mbox line above the header. */
async function* withoutMboxLine(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of source) {
    if (start === undefined) {
      yield chunk;
      continue;
    }
    start = Buffer.concat([start, chunk]);
    if (start.length < 5) continue;
    const isMbox = start.toString("latin1", 0, 5) === "From ";
    const end = start.indexOf(10);
    if (isMbox && end < 0 && start.length < LINE) continue;
    yield isMbox && end >= 0 ? start.subarray(end + 1) : start;
    start = undefined;
  }
  if (start && start.length > 0) yield start;
}
