/**
 * A footer with names to fill in, put under a message once and found again in what came of it.
 * Marks stand for the names meanwhile: random, so nothing that the author wrote can look like one.
 * A mark holds a "=", which quoted-printable writes as "=3D": so it tells how it was encoded, in
 * whichever part it ended up. Pure, but for the random letters.
 */
import { randomBytes } from "node:crypto";
import { isRange, type Piece } from "../../base/pieces.ts";
import { type Name, names, type Part, partsOf } from "../../lists/braces.ts";
import { decodeQuotedPrintable } from "../../mail/transferEncoding.ts";

/** Letters of a mark that no hexadecimal digit is taken for. */
const LETTERS = "ghijklmnopqrstuv";

export interface Marks {
  /** The footer with marks in place of its names. */
  readonly text: string;
  /** Cuts content at the lines that have marks. */
  cut(pieces: readonly Piece[]): Segment[];
}

/** Content that is everybody's, or lines that are filled in; each begins and ends with a line. */
export type Segment =
  | { readonly kind: "fixed"; readonly pieces: readonly Piece[] }
  | {
      readonly kind: "lines";
      /** With LF, decoded. */
      readonly parts: readonly Part[];
      readonly quoted: boolean;
    };

/**
 * @param international whether a value may be other than ASCII: then the text is, too, so that it
 *   is put where such text may stand
 */
export function marksIn(footer: string, international: boolean): Marks {
  const random = Array.from(randomBytes(24), (byte) => LETTERS[byte & 15]).join(
    "",
  );
  const sign = international ? "ü" : "";
  const markOf = (name: Name) =>
    `${sign}=${random}${LETTERS[names.indexOf(name)]}`;
  const text = partsOf(footer)
    .map((part) => ("text" in part ? part.text : markOf(part.name)))
    .join("");
  const pattern = patternOf(`${sign}=${random}`);
  const decoded = new RegExp(`${sign}=${random}([${LETTERS}])`);
  return {
    text,
    cut(pieces) {
      const segments: Segment[] = [];
      let fixed: Piece[] = [];
      for (const piece of pieces) {
        const found = isRange(piece) ? undefined : linesIn(piece, pattern);
        if (found === undefined || isRange(piece)) {
          fixed.push(piece);
          continue;
        }
        const { start, end, quoted } = found;
        fixed.push(piece.subarray(0, start));
        const lines = piece.subarray(start, end);
        const plain = (
          quoted ? decodeQuotedPrintable(lines) : Buffer.from(lines)
        )
          .toString()
          .replaceAll("\r\n", "\n");
        segments.push(
          { kind: "fixed", pieces: fixed },
          { kind: "lines", parts: partsAt(plain, decoded), quoted },
        );
        fixed = [piece.subarray(end)];
      }
      return [...segments, { kind: "fixed", pieces: fixed }];
    },
  };
}

const SOFT = "(?:=\\r?\\n)?";

/** The mark, plain or quoted-printable and then perhaps with soft line breaks in it, as Latin-1. */
function patternOf(mark: string): RegExp {
  const units = [...mark].map((character) => {
    if (character === "=") return "(?<equals>=(?:3D)?)";
    if (/^[a-z]$/.test(character)) return character;
    const bytes = Buffer.from(character);
    const escaped = [...bytes].map(
      (byte) => `=${byte.toString(16).toUpperCase()}`,
    );
    return `(?:${bytes.toString("latin1")}|${escaped.join(SOFT)})`;
  });
  return new RegExp(units.join(SOFT), "g");
}

/** From the first line with a mark to the last; both whole, soft line breaks counted in. */
function linesIn(
  bytes: Uint8Array,
  pattern: RegExp,
): { start: number; end: number; quoted: boolean } | undefined {
  const text = Buffer.from(
    bytes.buffer,
    bytes.byteOffset,
    bytes.byteLength,
  ).toString("latin1");
  const found = [...text.matchAll(pattern)];
  const [first, last] = [found.at(0), found.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const quoted = first.groups?.equals === "=3D";
  let start = text.lastIndexOf("\n", first.index) + 1;
  while (quoted && start > 0 && /=\r?\n$/.test(text.slice(start - 3, start)))
    start = text.lastIndexOf("\n", start - 2) + 1;
  let end = endOfLine(text, last.index + last[0].length);
  while (quoted && /=\r?\n$/.test(text.slice(end - 3, end)))
    end = endOfLine(text, end);
  return { start, end, quoted };
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}

/** Text cut at its marks. */
function partsAt(text: string, mark: RegExp): Part[] {
  return text.split(mark).flatMap((piece, at): Part[] => {
    if (at % 2 === 0) return piece === "" ? [] : [{ text: piece }];
    const name = names[LETTERS.indexOf(piece)];
    return name === undefined ? [] : [{ name }];
  });
}
