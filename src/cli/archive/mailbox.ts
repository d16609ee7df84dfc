/** `archive export` and `archive import`: mailboxes. */
import { createReadStream, statSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { readFile, readFolder } from "../../archive/folder.ts";
import { importAll } from "../../archive/mailbox.ts";
import { dateOf } from "../../archive/reading.ts";
import { findPost } from "../../archive/tombstones.ts";
import { errnoOf, exit, Failure, messageOf } from "../../base/errors.ts";
import type { FileRange } from "../../base/pieces.ts";
import { parseAddresses } from "../../mail/address.ts";
import { type Boxed, boxed, fromLine, readMbox } from "../../mail/mbox.ts";
import { openMessage } from "../../mail/message.ts";
import { traceEnvelope } from "../../mail/trace.ts";
import { writeNew } from "../../spool/durable.ts";
import type { Order } from "../archive.ts";
import { noMore } from "../context.ts";
import { Meter, metered } from "../meter.ts";
import { archiveDirOf, withIndex } from "./catalogue.ts";
import { mustBeSome, numbersIn, rangesOf } from "./numbers.ts";

export async function exportMbox(order: Order): Promise<number> {
  const { context, list, rest, values } = order;
  const { mbox } = values;
  if (mbox === undefined)
    throw new Failure(
      exit.usage,
      "archive export: into which file? --mbox FILE",
    );
  const dir = archiveDirOf(order);
  const numbers = [...numbersIn(dir, rangesOf(rest))];
  // An archive without posts is one all the same.
  if (rest.length > 0)
    mustBeSome(
      list.address,
      numbers.some((number) => findPost(dir, number)),
    );
  const meter = new Meter(context.clock, "post", "posts", numbers.length);
  let count = 0;
  async function* messages() {
    for (const number of numbers) {
      meter.add(1);
      const content = findPost(dir, number);
      if (!content) continue;
      count += 1;
      yield* boxed(await lineFor(content), [content]);
    }
  }
  try {
    if (mbox === "-") await toStdout(messages());
    else await writeNew(mbox, messages());
  } catch (error) {
    if (errnoOf(error) === "EEXIST")
      throw new Failure(
        exit.cannotCreate,
        `${mbox} is there already: name a new file`,
      );
    throw error;
  } finally {
    meter.wipe();
  }
  if (mbox !== "-")
    context.say(
      context.json
        ? JSON.stringify({ list: list.address, posts: count })
        : `${list.address}: ${count} posts in ${mbox}`,
    );
  return exit.ok;
}

async function toStdout(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of bytes)
    if (!process.stdout.write(chunk))
      await new Promise((done) => process.stdout.once("drain", done));
}

async function lineFor(content: FileRange): Promise<string> {
  const { header } = await openMessage([content]);
  const [author] = parseAddresses(header.get("From") ?? "");
  const sender = traceEnvelope(header).sender || author?.address || "";
  const date = dateOf(header, statSync(content.path).mtimeMs);
  return fromLine(sender, new Date(date));
}

export async function importMbox(order: Order): Promise<number> {
  const { context, list, rest, values } = order;
  const { mbox } = values;
  if (mbox === undefined)
    throw new Failure(exit.usage, "archive import: which mailbox? --mbox FILE");
  noMore(rest, 0);
  const counts = { stored: 0, known: 0, refused: 0 };
  const isTrial = values["dry-run"] ?? false;
  await withIndex(order, async (catalogue) => {
    const source = sourceOf(order, mbox);
    try {
      for await (const { line, kind } of importAll(catalogue, source.messages, {
        doubles: values.doubles ?? false,
        dryRun: isTrial,
        now: context.clock.now(),
      })) {
        if (kind === "stored") counts.stored += 1;
        else if (kind === "known") counts.known += 1;
        else {
          counts.refused += 1;
          source.meter.wipe();
          const where = `${source.at()}:${line}`;
          process.stderr.write(`listmill: ${where}: ${reasons[kind]}\n`);
        }
      }
    } finally {
      source.meter.wipe();
    }
  });
  const { stored, known, refused } = counts;
  if (stored + known + refused === 0)
    throw new Failure(
      exit.dataError,
      `${mbox} is no mailbox and no folder of messages: there is no line "From SENDER DATE" with a message behind it`,
    );
  const verb = isTrial ? "would be taken in" : "taken in";
  context.say(
    context.json
      ? JSON.stringify({ list: list.address, ...counts })
      : `${list.address}: ${stored} ${verb}, ${known} there already, ${refused} refused`,
  );
  return refused > 0 ? exit.dataError : exit.ok;
}

const reasons = {
  "taken out": "this post was taken out of the archive: it is left out",
  "too large": "this message is larger than [limits] message: it is left out",
  "no message":
    "this is no message, for it has no header field: it is left out",
} as const;

interface Source {
  readonly messages: AsyncIterable<Boxed>;
  readonly meter: Meter;
  /** The file that is being read. */
  at(): string;
}

function sourceOf({ context }: Order, mbox: string): Source {
  const largest = context.site.limits.message;
  const found =
    mbox === "-" ? undefined : statSync(mbox, { throwIfNoEntry: false });
  if (mbox !== "-" && !found)
    throw new Failure(exit.noInput, `${mbox} is not there`);
  if (found?.isDirectory() || mbox.endsWith(".eml")) {
    let at = mbox;
    const meter = new Meter(context.clock, "message", "messages");
    const onFile = (path: string) => {
      at = path;
      meter.add(1);
    };
    const messages = found?.isDirectory()
      ? readFolder(mbox, largest, onFile)
      : readFile(mbox, largest);
    return { messages, meter, at: () => at };
  }
  const meter = new Meter(context.clock, "byte", "bytes", found?.size);
  const stream = found ? createReadStream(mbox) : process.stdin;
  const read = unpacked(metered(stream, meter), mbox);
  const messages = readMbox(read, largest);
  return { messages, meter, at: () => mbox };
}

/** What is read, unpacked where it is gzip. */
async function* unpacked(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Buffer> {
  const packed = name.endsWith(".gz") ? createGunzip() : undefined;
  // What goes wrong on the way comes out at its end.
  if (packed) pipeline(Readable.from(bytes), packed).catch(() => {});
  try {
    for await (const chunk of packed ?? bytes) yield Buffer.from(chunk);
  } catch (error) {
    throw new Failure(
      exit.noInput,
      `${name} cannot be read: ${messageOf(error)}; what was read before that is kept`,
    );
  }
}
