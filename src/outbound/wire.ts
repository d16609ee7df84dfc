/**
 * A message's bytes made ready for the SMTP client, which turns LF into CRLF and stuffs dots. A
 * bare CR becomes a space, as Postfix does it: a receiver that took it for a line end could be made
 * to see the end of the message there. Memory is flat. A file that got shorter is an error, never
 * the end of the message.
 */
import { chunks, lengthOf, type Piece } from "../base/pieces.ts";

const CR = 13;
const LF = 10;
const SPACE = 32;

/** The bytes, with no CR but right before a LF. Throws when the files hold less than the pieces say. */
export async function* wire(
  pieces: readonly Piece[],
): AsyncGenerator<Uint8Array> {
  let missing = lengthOf(pieces);
  let held = false;
  for await (const chunk of chunks(pieces)) {
    missing -= chunk.byteLength;
    if (held) yield Uint8Array.of(chunk[0] === LF ? CR : SPACE);
    held = chunk.at(-1) === CR;
    const now = held ? chunk.subarray(0, -1) : chunk;
    if (now.byteLength > 0) yield withoutBareCr(now);
  }
  if (held) yield Uint8Array.of(SPACE);
  if (missing > 0)
    throw new Error(`the message ends ${missing} bytes too early`);
}

function withoutBareCr(chunk: Uint8Array): Uint8Array {
  let changed: Uint8Array | undefined;
  for (let at = chunk.indexOf(CR); at >= 0; at = chunk.indexOf(CR, at + 1)) {
    if (chunk[at + 1] === LF) continue;
    changed ??= Uint8Array.from(chunk);
    changed[at] = SPACE;
  }
  return changed ?? chunk;
}
