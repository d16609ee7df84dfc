/**
 * What a hook changed of a message: header fields and lines of the body that went or came. Reads
 * no more than the first part of a large body.
 */
import { type Change, differences } from "../../base/diff.ts";
import { bytes, isRange, lengthOf, type Piece } from "../../base/pieces.ts";
import type { Header } from "../../mail/header.ts";
import type { Message } from "../../mail/message.ts";

/** Bytes of a body that are compared. */
const BODY = 1024 * 1024;

export interface Changes {
  /** Fields, unfolded as they stand there. */
  readonly header: readonly Change[];
  readonly body: readonly Change[];
  /** Whether only the first part of the bodies was compared. */
  readonly partly: boolean;
}

export async function changesOf(
  before: Message,
  after: Message,
): Promise<Changes> {
  const isSame = sameBytes(before.body, after.body);
  const longest = Math.max(lengthOf(before.body), lengthOf(after.body));
  return {
    header: differences(fieldsOf(before.header), fieldsOf(after.header)),
    body: isSame
      ? []
      : differences(await linesOf(before.body), await linesOf(after.body)),
    partly: !isSame && longest > BODY,
  };
}

/** The fields, each in one line. */
function fieldsOf(header: Header): string[] {
  const text = header
    .bytes()
    .toString()
    .replace(/\r?\n(?=[ \t])/g, "");
  return text.split("\n").filter(Boolean);
}

async function linesOf(body: readonly Piece[]): Promise<string[]> {
  const text = (await bytes(body, BODY)).toString();
  const lines = text.split("\n");
  // What ends in a line end has no empty line behind it.
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Whether they are the same parts of the same files. */
function sameBytes(one: readonly Piece[], other: readonly Piece[]): boolean {
  return (
    one.length === other.length &&
    one.every((piece, at) => {
      const against = other[at] as Piece;
      if (!isRange(piece) || !isRange(against)) return piece === against;
      return (
        piece.path === against.path &&
        piece.start === against.start &&
        piece.end === against.end
      );
    })
  );
}
