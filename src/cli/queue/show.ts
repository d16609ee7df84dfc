/**
 * One entry for a person: where it is, its envelope, its recipients, and the head of its message.
 * Recipients are counted, or written, page by page, however many there are.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../base/errors.ts";
import { oneLine, plural } from "../../base/log.ts";
import { bytes } from "../../base/pieces.ts";
import { type Standing, standingsOf } from "../../engine/ledger.ts";
import {
  type Envelope,
  formatEnvelope,
  readEnvelope,
} from "../../spool/envelope.ts";
import {
  envelopeOf,
  type Found,
  mustHavePortion,
} from "../../spool/operator.ts";
import type { Context } from "../context.ts";
import { write } from "../output.ts";
import { iso } from "../waiting.ts";
import { gifts } from "../why.ts";

export async function show(context: Context, found: Found): Promise<void> {
  const envelope = envelopeOf(found);
  const unread = obstacleIn(found, envelope);
  const pages =
    unread === undefined ? standingsOf(found.path, envelope.portion) : [];
  const place = {
    queue: found.queue,
    entry: found.name.id,
    node: found.node,
    attempt: found.name.attempt,
    due: iso(found.name.due),
    path: found.path,
  };
  const size =
    statSync(join(found.path, "message"), { throwIfNoEntry: false })?.size ?? 0;
  if (context.json)
    return writeShown(
      { ...place, size, envelope, ...(unread ? { unread } : {}) },
      pages,
    );
  context.say(`${found.queue}/${found.name.id}\n  in ${found.path}`);
  context.say(
    `  ${found.node ? `at work on ${found.node}` : `due ${iso(found.name.due)}`}, attempt ${found.name.attempt}, ${size} bytes`,
  );
  context.say(formatEnvelope(envelope).trimEnd());
  if (unread) context.say(`recipients cannot be told: ${oneLine(unread)}`);
  for (const line of recipientLines(pages)) context.say(line);
  for (const { hook, addresses, bytes } of await gifts(found, envelope))
    context.say(`${hook} gave ${addresses} (${bytes} bytes)`);
  context.say("");
  if (size > 0)
    context.say(
      await headOf(join(found.path, "message"), Math.min(size, HEAD)),
    );
}

/** Bytes of a message that are looked at. */
const HEAD = 16 * 1024;

/** The first lines of a message, harmless to a terminal. */
async function headOf(path: string, end: number): Promise<string> {
  const head = await bytes([{ path, start: 0, end }], HEAD);
  const lines = head.toString().split("\n").slice(0, 40);
  return lines.map((line) => oneLine(line.trimEnd())).join("\n");
}

/** Recipients that are shown of each kind. */
const SHOWN = 5;

/** One object: what is known of the entry, and its recipients, one a line. */
async function writeShown(
  shown: object,
  pages: Iterable<readonly Standing[]>,
): Promise<void> {
  const head = JSON.stringify(shown, undefined, 1).replace(/\n\}$/, "");
  await write(`${head},\n "recipients": [`);
  let before = "\n";
  for (const page of pages) {
    await write(before + page.map((one) => JSON.stringify(one)).join(",\n"));
    before = ",\n";
  }
  await write("]\n}\n");
}

/** Why it is not known which recipients of a list are the entry's; undefined where it is. */
function obstacleIn(found: Found, envelope: Envelope): string | undefined {
  const read = readEnvelope(found.path);
  if (read.kind === "broken") return read.reason;
  try {
    mustHavePortion(found, envelope);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

/** How many were delivered, wait or failed, and the first of each. */
function* recipientLines(
  pages: Iterable<readonly Standing[]>,
): Generator<string> {
  const words = {
    sent: "delivered",
    later: "to be tried again",
    never: "failed",
    dropped: "dropped",
    untried: "not tried yet",
  };
  const counts = new Map<string, number>();
  const first = new Map<string, string[]>();
  for (const page of pages)
    for (const one of page) {
      const kind = one.kind ?? "untried";
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      if (count <= SHOWN)
        first.set(kind, [...(first.get(kind) ?? []), shownRecipient(one)]);
    }
  for (const [kind, word] of Object.entries(words)) {
    const count = counts.get(kind) ?? 0;
    if (count === 0) continue;
    const more = count > SHOWN ? ", …" : "";
    yield `${plural(count, "recipient", "recipients")} ${word}: ${first.get(kind)?.join(", ")}${more}`;
  }
}

function shownRecipient({ address, kind, reply }: Standing): string {
  const why = kind === "later" || kind === "never" ? ` (${reply})` : "";
  return oneLine(`${address}${why}`, 200);
}
