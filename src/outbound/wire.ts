/**
 * A message's bytes as they go over the line, made ready once for all of its transactions. A small
 * one is kept in memory. A large one is written to a file without a name that is gone with the
 * process, and read anew for each transaction: memory is flat, and what it was made of may be gone by
 * then. A message that got shorter is an error, never the end of the message.
 */
import { randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { chunks, isRange, lengthOf, type Piece } from "../base/pieces.ts";
import { Canonical, DotStuffing } from "./canonical.ts";

/** A message up to this many bytes is kept in memory. */
const SMALL = 1024 * 1024;
const CHUNK = 64 * 1024;

/**
 * In memory for a small message; read anew for each transaction where it is large, and then each
 * chunk is good until the next is asked for.
 */
export type Body = readonly Uint8Array[] | AsyncIterable<Uint8Array>;

export interface Wire {
  /** Bytes with CRLF line ends, before dots are stuffed: what SIZE and BDAT tell. */
  readonly size: number;
  /** Some byte is above 127 (BODY=8BITMIME). */
  readonly eightBit: boolean;
  /** The header is not ASCII but UTF-8 (SMTPUTF8). */
  readonly utf8Header: boolean;
  /** For DATA: CRLF line ends (the last line has one), dots stuffed, without the final dot. */
  readonly stuffed: Body;
  /** For BDAT: the same without stuffing. The same object where there is nothing to stuff. */
  readonly plain: Body;
}

/**
 * Throws when the pieces cannot be read, or hold less than they say.
 * @param spare a folder for the file of a large message
 * @returns to be closed after the last transaction; what reads a closed one throws
 */
export function wireOf(
  pieces: readonly Piece[],
  spare: string,
): Promise<Wire & { close(): void }> {
  return lengthOf(pieces) <= SMALL ? inMemory(pieces) : inFile(pieces, spare);
}

async function inMemory(pieces: readonly Piece[]) {
  const form = new Canonical();
  const parts: Buffer[] = [];
  for await (const part of canonical(pieces, form))
    parts.push(Buffer.from(part));
  const whole = Buffer.concat(parts);
  const plain = [whole];
  const stuffed = form.dots === 0 ? plain : [new DotStuffing().push(whole)];
  return { ...told(form), stuffed, plain, close: () => {} };
}

async function inFile(pieces: readonly Piece[], spare: string) {
  const path = join(spare, `wire-${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  try {
    await unlink(path);
    const form = new Canonical();
    for await (const bytes of canonical(pieces, form))
      await file.appendFile(bytes);
    const { size } = form;
    const plain = { [Symbol.asyncIterator]: () => readRange(file, 0, size) };
    const stuffed = { [Symbol.asyncIterator]: () => withDots(plain) };
    return {
      ...told(form),
      stuffed: form.dots === 0 ? plain : stuffed,
      plain,
      // Waits for what is being read: the descriptor is nobody else's before that.
      close: () => void file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function* withDots(
  plain: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const stuffing = new DotStuffing();
  for await (const chunk of plain) yield stuffing.push(chunk);
}

function told({ size, eightBit, utf8Header }: Canonical) {
  return { size, eightBit, utf8Header };
}

async function* canonical(
  pieces: readonly Piece[],
  form: Canonical,
): AsyncGenerator<Uint8Array> {
  let missing = lengthOf(pieces);
  for (const piece of pieces)
    for await (const chunk of chunksOf(piece)) {
      missing -= chunk.length;
      const bytes = form.push(chunk);
      if (bytes.length > 0) yield bytes;
    }
  if (missing > 0)
    throw new Error(`the message ends ${missing} bytes too early`);
  const rest = form.end();
  if (rest.length > 0) yield rest;
}

/** Of a large file in one buffer that is used again: a stream would leave the whole file as waste. */
async function* chunksOf(piece: Piece): AsyncGenerator<Uint8Array> {
  if (!isRange(piece) || piece.end - piece.start <= CHUNK) {
    yield* chunks([piece]);
    return;
  }
  const file = await open(piece.path);
  try {
    yield* readRange(file, piece.start, piece.end);
  } finally {
    await file.close();
  }
}

/** Each chunk is good until the next is asked for. */
async function* readRange(
  file: FileHandle,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  for (let at = start; at < end; ) {
    const most = Math.min(CHUNK, end - at);
    const { bytesRead } = await file.read(buffer, 0, most, at);
    if (bytesRead === 0)
      throw new Error(`the message ends ${end - at} bytes too early`);
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
