/**
 * Messages with a header and a footer of each recipient's own, merged while they are delivered: a
 * post is made ready once, and a recipient costs some short texts between bytes that all share.
 * Nothing personal is ever stored, and memory does not grow with the recipients. Of a message that
 * does not fit into memory the shared bytes stay in files, as wire.ts has it; the footer's few lines
 * are in memory all the same.
 */
import { lengthOf } from "../base/pieces.ts";
import type { Words } from "../lists/braces.ts";
import type { List } from "../lists/directory.ts";
import { isPersonal } from "../lists/schema/personal.ts";
import { addFooter } from "../mail/footer.ts";
import type { Message } from "../mail/message.ts";
import { dkimSigned } from "../mail/mime.ts";
import { DotStuffing } from "./canonical.ts";
import { isInternational } from "./outcome.ts";
import { type Fields, fieldsOf } from "./personal/fields.ts";
import { type Lines, linesOf } from "./personal/lines.ts";
import { marksIn } from "./personal/marks.ts";
import { type Values, wordsOf } from "./personal/values.ts";
import { type Body, type Wire, wireOf } from "./wire.ts";

/** Bytes of a message that is made ready twice, for ASCII addresses and for others. */
const SMALL = 2 ** 20;

export interface Template {
  /**
   * The message of one recipient. Cheap: no byte of the post is copied.
   * @param values from `valuesOf`
   */
  wire(address: string, values: Values): Wire;
  /** Gives files back. */
  close(): void;
}

export interface Order {
  /** The post as it was exploded. */
  readonly message: Message;
  readonly list: Pick<List, "address" | "settings">;
  /** A folder for temporary files, for `wireOf`. */
  readonly spare: string;
}

/**
 * Makes a post ready.
 * @returns undefined where the list asks for nothing personal, or the header is too large to be
 *   changed: then the message goes out as it is
 * Throws the file system's error.
 */
export async function templateOf(order: Order): Promise<Template | undefined> {
  const { message, list } = order;
  const { personal, footer_dkim } = list.settings;
  if (!isPersonal(personal) || message.headerTooLarge) return undefined;
  const fields = fieldsOf(personal);
  const wordsFor = wordsOf(list.address, personal);
  const keeps = dkimSigned(message.header) && !footer_dkim;
  const footer = keeps ? "" : personal.footer;
  const usual = await ready(order, fields, footer, false);
  // An address may need a charset that the part of the usual footer has not.
  const twice =
    footer.includes("{{address}}") &&
    usual.body.some((part) => typeof part === "function") &&
    lengthOf(message.pieces()) <= SMALL;
  const other = twice ? await ready(order, fields, footer, true) : undefined;
  const all = [...usual.fixed, ...(other?.fixed ?? [])];
  return {
    wire(address, values) {
      const words = wordsFor(address, values);
      const foreign = isInternational(words.address);
      const form = foreign && other ? other : usual;
      const below =
        foreign && !other
          ? { ...words, address: words.address.replace(/[^\0-\x7f]/g, "?") }
          : words;
      return merged(form, fields.text(words, values.mailbox), below);
    },
    close: () => close(all),
  };
}

type Fixed = Wire & { close(): void };

/** A post, ready but for what is a recipient's own. */
interface Ready {
  readonly header: Fixed;
  /** What follows the header, from the blank line on. */
  readonly body: readonly (Fixed | ((words: Words) => Lines))[];
  /** All that is everybody's. */
  readonly fixed: readonly Fixed[];
}

async function ready(
  { message, spare }: Order,
  fields: Fields,
  footer: string,
  international: boolean,
): Promise<Ready> {
  const marks = marksIn(footer, international);
  const bare = message.with({ header: message.header.remove(...fields.names) });
  const whole = await addFooter(bare, marks.text);
  const header = await wireOf([whole.header.bytes()], spare);
  const fixed = [header];
  const body: Ready["body"][number][] = [];
  try {
    for (const segment of marks.cut([Buffer.from(whole.eol), ...whole.body])) {
      if (segment.kind === "lines")
        body.push(linesOf(segment.parts, segment.quoted));
      else if (lengthOf(segment.pieces) > 0) {
        const wire = await wireOf(segment.pieces, spare);
        fixed.push(wire);
        body.push(wire);
      }
    }
  } catch (error) {
    close(fixed);
    throw error;
  }
  return { header, body, fixed };
}

function close(wires: readonly Fixed[]): void {
  for (const wire of wires) wire.close();
}

function merged(
  { header, body, fixed }: Ready,
  text: string,
  words: Words,
): Wire {
  const own = Buffer.from(text);
  const ofHeader = own.length > text.length;
  const plain: Body[] = [header.plain, [own]];
  const stuffed: Body[] = [header.stuffed, [own]];
  let size = header.size + own.length;
  let eightBit = ofHeader;
  let dots = false;
  for (const one of fixed) {
    eightBit ||= one.eightBit;
    dots ||= one.plain !== one.stuffed;
  }
  for (const part of body) {
    if (typeof part !== "function") {
      size += part.size;
      plain.push(part.plain);
      stuffed.push(part.stuffed);
      continue;
    }
    const lines = part(words);
    const safe = new DotStuffing().push(lines.bytes);
    size += lines.bytes.length;
    dots ||= safe !== lines.bytes;
    eightBit ||= lines.eightBit;
    plain.push([lines.bytes]);
    stuffed.push([safe]);
  }
  const together = joined(stuffed);
  return {
    size,
    eightBit,
    utf8Header: ofHeader || header.utf8Header,
    stuffed: together,
    plain: dots ? joined(plain) : together,
  };
}

function joined(bodies: readonly Body[]): Body {
  const chunks: Uint8Array[] = [];
  for (const body of bodies) {
    if (Symbol.asyncIterator in body) return streamed(bodies);
    chunks.push(...body);
  }
  return chunks;
}

/** Read anew each time that it is asked for. */
function streamed(bodies: readonly Body[]): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      for (const body of bodies) yield* body;
    },
  };
}
