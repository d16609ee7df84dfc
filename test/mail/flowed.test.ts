// Flowed text, read back by a decoder that is written from RFC 3676 §4 and nothing else.
import assert from "node:assert/strict";
import fc from "fast-check";
import { simpleParser } from "mailparser";
import t from "tap";
import { composeParts, messageId } from "../../src/mail/compose.ts";
import { flowed, flowedPart } from "../../src/mail/flowed.ts";
import { decodeQuotedPrintable } from "../../src/mail/transferEncoding.ts";
import { columns } from "../../src/mail/width.ts";

interface Paragraph {
  readonly depth: number;
  readonly text: string;
}

/** RFC 3676 §4: quote marks, stuffing, the signature, flowed or fixed, DelSp. */
function decode(lines: readonly string[], delSp: boolean): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let open: Paragraph | undefined;
  for (const line of lines) {
    let depth = 0;
    while (line[depth] === ">") depth += 1;
    let text = line.slice(depth);
    if (text.startsWith(" ")) text = text.slice(1);
    const isFlowed = text.endsWith(" ") && text !== "-- ";
    if (open && (open.depth !== depth || text === "-- ")) {
      paragraphs.push(open);
      open = undefined;
    }
    const content = isFlowed && delSp ? text.slice(0, -1) : text;
    open = { depth, text: (open?.text ?? "") + content };
    if (isFlowed) continue;
    paragraphs.push(open);
    open = undefined;
  }
  return open ? [...paragraphs, open] : paragraphs;
}

function linesOf(text: string, language: string): string[] {
  const { header, content } = flowedPart(text, language);
  const bytes = Buffer.concat(content as Uint8Array[]);
  const encoding = header.get("Content-Transfer-Encoding");
  const plain =
    encoding === "quoted-printable" ? decodeQuotedPrintable(bytes) : bytes;
  if (encoding === "7bit")
    assert.match(plain.toString("latin1"), /^[\t\n -~]*$/);
  return plain.toString().replace(/\n$/, "").split("\n");
}

/** What a text says by itself. */
function said(text: string): Paragraph[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const depth = /^>*/.exec(line)?.[0].length ?? 0;
      const quoted = line.slice(depth);
      const rest = depth > 0 ? quoted.replace(/^ /, "") : quoted;
      return {
        depth,
        text: rest === "-- " ? rest : rest.replace(/[ \t]+$/, ""),
      };
    });
}

const word = fc.oneof(
  fc.constantFrom(
    "--",
    "-",
    ">",
    ">>",
    "From",
    "",
    "a",
    "、",
    "「",
    "。",
    "ー",
  ),
  fc.string({ unit: "grapheme", maxLength: 90 }),
  fc.string({
    unit: fc.constantFrom(..."日本語の文章、。「」かっーABC -"),
    maxLength: 120,
  }),
);
const line = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom("-- ", "> -- ", ">", "", "  x") },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom("", "", "", ">", "> ", ">>> ", "  "),
        fc.array(word, { maxLength: 25 }),
      )
      .map(([start, words]) => start + words.join(" ")),
  },
);
const text = fc
  .array(line, { maxLength: 8 })
  .map((lines) => lines.join("\n").replace(/[\r\0]/g, ""));

t.test("what was encoded reads the same, in short lines", async (t) => {
  for (const language of ["en", "ja"])
    fc.assert(
      fc.property(text, (text) => {
        const lines = linesOf(text, language);
        assert.deepEqual(decode(lines, language === "ja"), said(text));
        for (const line of lines)
          if (columns(line) > 72) {
            // Only what has no place to break at, or would begin a signature.
            const body = line.replace(/^>* ?/, "").trim();
            const words = body.replace(/^-- /, "");
            const unbroken =
              language === "en"
                ? !words.includes(" ")
                : !/[\p{sc=Han}の]{2}/u.test(words);
            assert.ok(unbroken, `${columns(line)}: ${line}`);
          }
      }),
      { numRuns: 500 },
    );
  t.pass("500 texts in each language");
});

t.test("the fields say how it is to be read", async (t) => {
  const german = flowedPart("Grüße", "de").header;
  t.equal(
    german.get("Content-Type"),
    "text/plain; charset=utf-8; format=flowed",
  );
  t.equal(german.get("Content-Transfer-Encoding"), "quoted-printable");
  t.equal(german.get("Content-Language"), "de");
  const japanese = flowedPart("はい", "ja-JP").header;
  t.match(japanese.get("Content-Type"), /format=flowed; delsp=yes$/);
  const none = flowedPart("x", "en\r\nBcc: a@b").header;
  t.notOk(none.has("Content-Language"));
  t.equal(none.get("Content-Transfer-Encoding"), "7bit");
});

t.test("quotations, signatures and what only looks like them", async (t) => {
  const long = `${"word ".repeat(20)}end`;
  const [first = "", second = ""] = flowed(`>> ${long}`);
  t.match(first, /^>> word .* $/);
  t.match(second, /^>> word .*end$/);
  t.same(flowed("> a\n>\n>b   \n-- \nAnna\n"), [
    "> a",
    ">",
    "> b",
    "-- ",
    "Anna",
  ]);
  t.same(flowed("From here\n  to there"), [" From here", "   to there"]);
  const url = `https://lists.example.org/${"x".repeat(80)}`;
  t.same(flowed(`-- ${url} ends`), [`-- ${url} `, "ends"]);
  t.same(flowed(`--${"語".repeat(40)}`, true)[0]?.slice(0, 3), "--語");
});

t.test("no Japanese line begins or ends where none may", async (t) => {
  const lines = flowed(
    "「あっ、」と、彼はいった。（ほんとう？）".repeat(12),
    true,
  );
  t.ok(lines.length > 6);
  for (const line of lines) {
    t.ok(columns(line) <= 72);
    t.notMatch(line, /^[、。」）？っ]/);
    t.notMatch(line, /[「（] $/);
  }
});

t.test("other programs read it", async (t) => {
  const text = `${"Viele schöne Grüße ".repeat(9)}\n\n  eine Liste`;
  const mail = composeParts(
    {
      from: "a@example.org",
      to: "b@example.org",
      subject: "x",
      date: new Date(0),
      messageId: messageId("1", "x.org"),
    },
    flowedPart(text, "de"),
  );
  const parsed = await simpleParser(Buffer.concat(mail as Uint8Array[]));
  t.equal(parsed.text?.trim(), text.replace(/ +\n/, "\n"));
});

t.test("hostile text takes no longer than other text", async (t) => {
  const start = performance.now();
  const blanks = " ".repeat(200_000);
  for (const text of [
    `${blanks}x${blanks}y${blanks}`,
    `${">".repeat(200_000)} x`,
    "-- ".repeat(100_000),
    "、".repeat(100_000),
  ])
    for (const deletes of [false, true]) flowed(text, deletes);
  t.ok(performance.now() - start < 10_000);
});
