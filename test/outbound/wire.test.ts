import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { wire } from "../../src/outbound/wire.ts";

async function wired(...parts: string[]): Promise<string> {
  const pieces = parts.map((part) => Buffer.from(part, "latin1"));
  const chunks = await Array.fromAsync(wire(pieces));
  return Buffer.concat(chunks).toString("latin1");
}

t.test("a bare CR becomes a space, CRLF and LF stay", async (t) => {
  t.equal(await wired("a\rb\r\nc\nd\r\r\n\r"), "a b\r\nc\nd \r\n ");
  t.equal(await wired("a\r", "\nb\r", ".\r", "", "\n"), "a\r\nb .\r\n");
  t.equal(await wired("\0\xff"), "\0\xff");
  t.equal(await wired(), "");
});

t.test("however it is cut, the same bytes come out", async () => {
  const text = fc.array(fc.constantFrom("\r", "\n", ".", "x"), { size: "+1" });
  await fc.assert(
    fc.asyncProperty(text, fc.nat(), async (signs, at) => {
      const whole = signs.join("");
      const cut = whole.length === 0 ? 0 : at % whole.length;
      const out = await wired(whole.slice(0, cut), whole.slice(cut));
      return out === whole.replace(/\r(?!\n)/g, " ");
    }),
  );
});

t.test("a file that got shorter is an error, not the end", async (t) => {
  const path = join(t.testdir(), "message");
  writeFileSync(path, "short");
  await t.rejects(Array.fromAsync(wire([{ path, start: 0, end: 9 }])), {
    message: /4 bytes too early/,
  });
});
