import fc from "fast-check";
import t from "tap";
import type { Piece } from "../../../src/base/pieces.ts";
import { encodeQuotedPrintable } from "../../../src/mail/transferEncoding.ts";
import { marksIn, type Segment } from "../../../src/outbound/personal/marks.ts";

/** Segments as text: what is filled in stands in braces again. */
function shown(segments: readonly Segment[]) {
  return segments.map((segment) =>
    segment.kind === "fixed"
      ? segment.pieces.map((piece) =>
          piece instanceof Uint8Array
            ? Buffer.from(piece).toString()
            : piece.path,
        )
      : segment.parts
          .map((part) => ("text" in part ? part.text : `{{${part.name}}}`))
          .join(""),
  );
}

const footer = "____\nto {{address}} of\n{{list}}\nmore\n{{token}}!\nend\n";
const middle = "to {{address}} of\n{{list}}\nmore\n{{token}}!\n";

t.test("lines with marks are found, from the first to the last", async (t) => {
  for (const international of [false, true]) {
    const marks = marksIn(footer, international);
    t.equal(/[^\0-\x7f]/.test(marks.text), international);
    const file: Piece = { path: "body", start: 0, end: 9 };
    const pieces = [
      file,
      Buffer.from(`gap\n${marks.text}`),
      Buffer.from("--b--\n"),
    ];
    t.same(shown(marks.cut(pieces)), [
      ["body", "gap\n____\n"],
      middle,
      ["end\n", "--b--\n"],
    ]);
  }
});

t.test("in quoted-printable too, wherever its lines are broken", async () => {
  fc.assert(
    fc.property(
      fc.nat(90),
      fc.boolean(),
      fc.constantFrom("\n", "\r\n"),
      (indent, international, eol) => {
        const before = "x=".repeat(indent);
        const text = `${before}{{address}}é${before}\n`;
        const marks = marksIn(`first\n${text}last\n`, international);
        const quoted = encodeQuotedPrintable(Buffer.from(marks.text), eol);
        const segments = marks.cut([quoted]);
        const [start, lines, end] = shown(segments);
        return (
          segments[1]?.kind === "lines" &&
          segments[1].quoted &&
          String(start) === `first${eol}` &&
          lines === text &&
          String(end) === `last${eol}`
        );
      },
    ),
  );
});

t.test(
  "a footer without names stays whole, and so does what has no mark",
  async (t) => {
    const marks = marksIn("plain {{who}}\n", false);
    t.equal(marks.text, "plain {{who}}\n");
    t.same(shown(marks.cut([Buffer.from(marks.text)])), [[marks.text]]);
    const others = marksIn(footer, false);
    t.same(shown(marksIn(footer, false).cut([Buffer.from(others.text)])), [
      [others.text],
    ]);
  },
);
