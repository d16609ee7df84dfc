/**
 * What a message carries besides its text: type and name of every part that is not the text itself,
 * at any depth, messages in the message too. All of it is read, however large, and none of it kept:
 * only lines that may be a boundary, and the headers of parts.
 */
import { chunks } from "../base/pieces.ts";
import { type Header, parseHeader } from "./header.ts";
import type { Message } from "./message.ts";
import { contentType, disposition } from "./mime.ts";
import { decodeWords } from "./words.ts";

export interface Attached {
  /** "image/png" */
  readonly type: string;
  /** "" where it has none. */
  readonly name: string;
}

const LF = 10;
const DASH = 45;
const SPACE = 32;
const TAB = 9;
const END = Buffer.from("\n");
/** Bytes of one line, and of the fields of a part that tell what it is, that are kept. */
const HEADER = 64 * 1024;
const TELLING = /^content-(?:type|disposition)[ \t]*(?::|$)/i;
/** What has a header that is too long to be understood. */
const UNKNOWN: Attached = { type: "application/octet-stream", name: "" };
/** Bytes of a line that may be a boundary: RFC 2046 has 70 and what is put around them. */
const LONGEST = 1000;
/** Parts that are looked at: what has more of them counts as unknown. */
const PARTS = 10_000;
/** Multiparts that are opened. */
const MULTIPARTS = 1000;

/** Everything that is attached, in order. Throws only the file system's errors. */
export async function* attachmentsOf(
  message: Pick<Message, "header" | "body">,
): AsyncGenerator<Attached> {
  const boundaries = new Set<string>();
  const root = meant(message.header, boundaries);
  if (root.attached) yield root.attached;
  if (boundaries.size === 0 && !root.holdsMessage) return;
  /** The header of a part, as far as it was read; undefined between headers. */
  let header = root.holdsMessage ? new PartHeader() : undefined;
  const lines = new Lines();
  const wanted = (first: number) => header !== undefined || first === DASH;
  let parts = 0;
  for await (const chunk of chunks([...message.body, END]))
    for (const line of lines.of(chunk, wanted)) {
      const isBoundary = opens(line, boundaries);
      if (header === undefined) {
        if (isBoundary) header = new PartHeader();
        continue;
      }
      if (!isBoundary && line.length > 0) {
        header.add(line);
        continue;
      }
      parts += 1;
      if (parts > PARTS) {
        yield UNKNOWN;
        return;
      }
      const part = meant(header.read(), boundaries);
      if (part.attached) yield part.attached;
      if (header.isOver) yield UNKNOWN;
      header = isBoundary || part.holdsMessage ? new PartHeader() : undefined;
    }
  if (header === undefined) return;
  const last = meant(header.read(), boundaries);
  if (last.attached) yield last.attached;
  if (header.isOver) yield UNKNOWN;
}

/** The fields of a part's header that tell what it is, out of its lines. */
class PartHeader {
  /** Whether there was more of them than is kept. */
  isOver = false;
  readonly #lines: Buffer[] = [];
  #size = 0;
  #isTelling = false;

  add(line: Buffer): void {
    const isFolded = line[0] === SPACE || line[0] === TAB;
    if (!isFolded)
      this.#isTelling = TELLING.test(line.toString("latin1", 0, 100));
    if (!this.#isTelling) return;
    this.#size += line.length;
    this.isOver ||= this.#size > HEADER;
    // A copy: the line alone stays, not the chunk that it came in.
    if (!this.isOver) this.#lines.push(Buffer.from(line), END);
  }

  read(): Header {
    return parseHeader(Buffer.concat(this.#lines)).header;
  }
}

/** Lines without their ends, cut where they are very long, out of chunks. */
class Lines {
  #line: Buffer[] = [];
  #size = 0;
  #isStart = true;
  #isWanted = false;

  /** @param wanted by its first byte, whether a line is kept */
  *of(
    bytes: Uint8Array,
    wanted: (first: number) => boolean,
  ): Generator<Buffer> {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < chunk.length; ) {
      const found = chunk.indexOf(LF, at);
      const end = found < 0 ? chunk.length : found;
      if (this.#isStart) this.#isWanted = wanted(chunk[at] ?? 0);
      if (this.#isWanted && this.#size < HEADER) {
        this.#line.push(chunk.subarray(at, end));
        this.#size += end - at;
      }
      this.#isStart = found >= 0;
      at = end + 1;
      if (!this.#isStart || !this.#isWanted) continue;
      yield withoutReturn(this.#line);
      this.#line = [];
      this.#size = 0;
    }
  }
}

function withoutReturn(parts: readonly Buffer[]): Buffer {
  const line = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  return line.at(-1) === 13 ? line.subarray(0, -1) : line;
}

interface Meant {
  readonly attached: Attached | undefined;
  /** Another header follows at once. */
  readonly holdsMessage: boolean;
}

/** @param boundaries gets that of a multipart */
function meant(header: Header, boundaries: Set<string>): Meant {
  const { type, subtype, params } = contentType(header);
  if (type === "multipart") {
    const boundary = Buffer.from(params.get("boundary") ?? "");
    if (boundary.length > 0 && boundaries.size < MULTIPARTS)
      boundaries.add(boundary.toString("latin1"));
    return { attached: undefined, holdsMessage: false };
  }
  const { kind, name } = disposition(header);
  const attached = {
    type: `${type}/${subtype}`,
    name: decodeWords(name || (params.get("name") ?? "")),
  };
  const isText = type === "text" && ["plain", "html"].includes(subtype);
  return {
    attached:
      isText && attached.name === "" && kind !== "attachment"
        ? undefined
        : attached,
    holdsMessage: type === "message" && ["rfc822", "global"].includes(subtype),
  };
}

/** Whether a part begins behind this line. */
function opens(line: Buffer, boundaries: ReadonlySet<string>): boolean {
  if (line[0] !== DASH || line[1] !== DASH || line.length > LONGEST)
    return false;
  return boundaries.has(line.toString("latin1", 2).trimEnd());
}
