import fc from "fast-check";
import t from "tap";
import {
  type Reply,
  ReplyReader,
  statusOf,
} from "../../../src/outbound/smtp/reply.ts";

/** Reads a text that comes in such parts. */
function read(parts: readonly (string | Uint8Array)[]) {
  const reader = new ReplyReader();
  const replies: Reply[] = [];
  let trouble: string | undefined;
  for (const part of parts)
    trouble ??= reader.read(Buffer.from(part), (reply) => {
      replies.push(reply);
      return true;
    });
  return { replies, trouble, clean: reader.clean };
}

t.test("replies of one line and of several", async (t) => {
  const { replies, trouble, clean } = read([
    "250 2.1.0 Ok\r\n250-one\r\n250-\r\n250 two\r\n354\r\n220 \r\n250-5\n250\r\n",
  ]);
  t.equal(trouble, undefined);
  t.equal(clean, true);
  t.same(
    replies.map(({ code, text, lines }) => [code, text, lines]),
    [
      [250, "250 2.1.0 Ok", ["2.1.0 Ok"]],
      [250, "250 one  two", ["one", "", "two"]],
      [354, "354", [""]],
      [220, "220", [""]],
      [250, "250 5", ["5", ""]],
    ],
  );
});

t.test("a status that is said in each line is shown once", async (t) => {
  const [reply] = read([
    "550-5.1.1 no\r\n550-5.1.1 such\r\n550 5.1.2 user\r\n",
  ]).replies;
  t.equal(reply?.text, "550 5.1.1 no such 5.1.2 user");
});

t.test("what a reply means for a recipient", async (t) => {
  for (const [line, kind] of [
    ["250 ok", "sent"],
    ["354 go", "later"],
    ["450 x", "later"],
    ["503 x", "later"],
    ["530 x", "later"],
    ["550 x", "never"],
  ])
    t.equal(read([`${line}\r\n`]).replies[0]?.kind, kind);
});

t.test("the same words are the same object", async (t) => {
  const line = "250 2.1.5 Ok\r\n";
  const { replies } = read([line.repeat(100), `250 x\r\n${line}`, "250 2.1."]);
  t.equal(new Set(replies).size, 2);
});

t.test("what is no reply ends the reading", async (t) => {
  for (const text of [
    "hello\r\n",
    "\r\n",
    "25\r\n",
    "2 0 ok\r\n",
    "250ok\r\n",
    "2500 ok\r\n",
    "150 x\r\n",
    "650 x\r\n",
    "-50 x\r\n",
    "25x x\r\n",
    "250-a\r\n251 b\r\n",
    "250-a\r\nb\r\n",
    "\0\xff\n",
  ])
    t.match(read([text]).trouble, /^not a reply: "/, JSON.stringify(text));
  const { trouble } = read([`\x1b[31m${"x".repeat(999)}\r\n`]);
  t.match(trouble, /^not a reply: "\[31mx{75,}…"$/);
});

t.test("no line and no reply is without end", async (t) => {
  t.equal(read([`250 ${"x".repeat(2044)}\r\n`]).trouble, undefined);
  t.equal(read([`250 ${"x".repeat(2050)}\r\n`]).trouble, "a line without end");
  const bytes = Array.from({ length: 2060 }, () => "2");
  t.equal(read(bytes).trouble, "a line without end");
  t.equal(read(["250-x\r\n".repeat(13_000)]).trouble, undefined);
  t.equal(read(["250-x\r\n".repeat(14_000)]).trouble, "a reply without end");
  const { replies } = read([`250 ${"x".repeat(2000)}\r\n`]);
  t.equal(replies[0]?.text.length, 500);
});

t.test("who takes may end the reading", async (t) => {
  const reader = new ReplyReader();
  const found: number[] = [];
  const trouble = reader.read(Buffer.from("421 x\r\nhello\r\n"), ({ code }) => {
    found.push(code);
    return false;
  });
  t.same([found, trouble], [[421], undefined]);
});

t.test("however it is cut, the same replies come out", async () => {
  const line = fc
    .tuple(
      fc.constantFrom("250", "550", "354", "42", "x"),
      fc.constantFrom(" ", "-", ""),
      fc.string({ unit: "grapheme", maxLength: 5 }),
      fc.constantFrom("\r\n", "\n"),
    )
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 6 }),
      (lines, cuts) => {
        const bytes = Buffer.from(lines.join(""));
        const places = cuts.map((cut) => cut % (bytes.length + 1));
        const bounds = [0, ...places.sort((a, b) => a - b), bytes.length];
        const parts = bounds
          .slice(1)
          .map((end, at) => bytes.subarray(bounds[at], end));
        const whole = read([bytes]);
        const cut = read(parts);
        t.same(cut.trouble, whole.trouble);
        t.same(cut.replies, whole.replies);
        if (whole.trouble === undefined) t.equal(cut.clean, whole.clean);
      },
    ),
  );
});

t.test("the status in a reply's words", async (t) => {
  t.equal(statusOf("5.1.1 no such user"), "5.1.1");
  t.equal(statusOf("2.0.0"), "2.0.0");
  t.equal(statusOf("4.999.123 x"), "4.999.123");
  for (const words of [
    "",
    "ok",
    "5.1",
    "3.1.1 x",
    "5.1.1x",
    "5.1234.1 x",
    " 5.1.1",
  ])
    t.equal(statusOf(words), undefined, words);
});
