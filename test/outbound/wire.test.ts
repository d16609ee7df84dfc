import {
  existsSync,
  readdirSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import type { FileRange } from "../../src/base/pieces.ts";
import { type Body, type Wire, wireOf } from "../../src/outbound/wire.ts";

async function text(body: Body): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of body) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts).toString("latin1");
}

/** What a small message becomes: plain and stuffed. */
async function wired(...parts: string[]): Promise<[string, string]> {
  const pieces = parts.map((part) => Buffer.from(part, "latin1"));
  const { plain, stuffed, size } = await wireOf(pieces, "/nowhere");
  const bytes = await text(plain);
  t.equal(size, bytes.length);
  return [bytes, await text(stuffed)];
}

t.test(
  "line ends are CRLF, a bare CR is a space, dots are stuffed",
  async (t) => {
    t.same(await wired("a\rb\r\nc\nd\r\r\n\r"), [
      "a b\r\nc\r\nd \r\n \r\n",
      "a b\r\nc\r\nd \r\n \r\n",
    ]);
    t.same(await wired("a\r", "\nb\r", ".\r", "", "\n.", ".x\n.\n"), [
      "a\r\nb .\r\n..x\r\n.\r\n",
      "a\r\nb .\r\n...x\r\n..\r\n",
    ]);
    t.same(await wired("\0\xff"), ["\0\xff\r\n", "\0\xff\r\n"]);
    t.same(await wired("."), [".\r\n", "..\r\n"]);
    t.same(await wired(), ["", ""]);
    t.same(await wired("\n"), ["\r\n", "\r\n"]);
  },
);

t.test("however it is cut, the same bytes come out", async (t) => {
  const signs = fc.array(fc.constantFrom("\r", "\n", ".", "x"), { size: "+1" });
  await fc.assert(
    fc.asyncProperty(signs, fc.nat(), async (chosen, at) => {
      const whole = chosen.join("");
      const cut = whole.length === 0 ? 0 : at % whole.length;
      const lines = whole
        .replace(/\r(?!\n)/g, " ")
        .replace(/(?<!\n)$/, whole === "" ? "" : "\n")
        .replace(/\r?\n/g, "\r\n");
      const found = await wired(whole.slice(0, cut), whole.slice(cut));
      t.same(found, [lines, lines.replace(/^\./gm, "..")]);
    }),
  );
});

t.test("eight bits are seen, and whether the header is UTF-8", async (t) => {
  const cases: [string, BufferEncoding, boolean, boolean][] = [
    ["Subject: x\n\nbody\n", "utf8", false, false],
    ["Subject: x\n\nbödy\n", "utf8", true, false],
    ["Subject: bödy\n\nx\n", "utf8", true, true],
    ["Subject: bödy\n\nx\n", "latin1", true, false],
    ["Subject: bödy", "utf8", true, true],
    ["\nbödy\n", "utf8", true, false],
    ["Subject: x\r\n\r\nbödy\n", "utf8", true, false],
  ];
  for (const [message, encoding, eightBit, utf8Header] of cases) {
    const bytes = Buffer.from(message, encoding);
    const whole = await wireOf([bytes], "/nowhere");
    const cut = await wireOf(
      [...bytes].map((byte) => Uint8Array.of(byte)),
      "/nowhere",
    );
    for (const wire of [whole, cut])
      t.match(wire, { eightBit, utf8Header }, JSON.stringify(message));
  }
});

const MEGABYTE = 1024 * 1024;

/** A large message of so many lines, in a file of its own. */
function large(t: { testdir(): string }, line: string): FileRange {
  const path = join(t.testdir(), "message");
  const count = Math.ceil((MEGABYTE + 1) / line.length);
  writeFileSync(path, line.repeat(count), "latin1");
  return { path, start: 0, end: count * line.length };
}

t.test(
  "a large message is read anew each time, from a file that nobody sees",
  async (t) => {
    for (const line of [".dot\xe9\n", "no dot\n"]) {
      const piece = large(t, line);
      const spare = t.testdir({ spare: {} });
      writeFileSync(piece.path, line.repeat(piece.end / line.length), "latin1");
      const wire = await wireOf([piece], join(spare, "spare"));
      t.same(readdirSync(join(spare, "spare")), []);
      const lines = (piece.end / line.length) | 0;
      const plain = line.replace("\n", "\r\n").repeat(lines);
      t.equal(wire.size, plain.length);
      unlinkSync(piece.path);
      for (const _ of [1, 2]) {
        t.ok((await text(wire.plain)) === plain);
        t.ok((await text(wire.stuffed)) === plain.replace(/^\./gm, ".."));
      }
      t.equal(wire.plain === wire.stuffed, line === "no dot\n");
      wire.close();
      await t.rejects(text(wire.stuffed));
    }
  },
);

t.test("a message in memory has one form where it has no dots", async (t) => {
  const wire: Wire = await wireOf([Buffer.from("a\n")], "/nowhere");
  t.equal(wire.plain, wire.stuffed);
});

t.test("a file that got shorter is an error, not the end", async (t) => {
  const path = join(t.testdir(), "message");
  writeFileSync(path, "short");
  await t.rejects(wireOf([{ path, start: 0, end: 9 }], "/nowhere"), {
    message: /4 bytes too early/,
  });
  const piece = large(t, ".x\n");
  const wire = await wireOf([piece], t.testdirName);
  truncateSync(piece.path, MEGABYTE);
  await t.resolves(text(wire.plain), "what is ready is not touched by that");
  wire.close();
  await t.rejects(wireOf([piece], t.testdirName), {
    message: /bytes too early/,
  });
  t.same(readdirSync(t.testdirName), ["message"], "nothing is left behind");
  t.ok(existsSync(path));
});
