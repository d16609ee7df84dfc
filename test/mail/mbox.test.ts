import fc from "fast-check";
import t from "tap";
import { bytes } from "../../src/base/pieces.ts";
import { boxed, fromLine, readMbox } from "../../src/mail/mbox.ts";

const HEAD = "Subject: x\n";
const LINE = fromLine("anna@example.org", new Date("2026-11-05T08:07:06Z"));

async function written(content: Buffer, chunk = 7): Promise<Buffer> {
  const pieces = [];
  for (let at = 0; at < content.length; at += chunk)
    pieces.push(content.subarray(at, at + chunk));
  return Buffer.concat(await Array.fromAsync(boxed(LINE, pieces)));
}

async function read(text: Buffer | string, chunk = 5, largest = 1e6) {
  const whole = Buffer.from(text);
  async function* stream() {
    for (let at = 0; at < whole.length; at += chunk)
      yield whole.subarray(at, at + chunk);
  }
  return Array.fromAsync(readMbox(stream(), largest));
}

t.test("the line before a message", async (t) => {
  t.equal(LINE, "From anna@example.org Thu Nov  5 08:07:06 2026\n");
  t.match(fromLine("a b\nc", new Date(0)), /^From MAILER-DAEMON Thu Jan {2}1/);
  t.match(fromLine("", new Date(0)), /^From MAILER-DAEMON /);
});

t.test("what is written is read again, byte for byte", async (t) => {
  const line = fc.oneof(
    fc.constantFrom("From ", "From a", ">From b", ">>>From ", ">", "Fro", ""),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(line, { maxLength: 6 }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      async (bodies, one, other) => {
        const messages = bodies.map((lines) =>
          Buffer.from(
            `${HEAD}${lines.map((text) => `${text.replaceAll("\r", "")}\n`).join("")}`,
          ),
        );
        const box = Buffer.concat(
          await Promise.all(messages.map((message) => written(message, one))),
        );
        const found = await read(box, other);
        t.same(
          found.map(({ content }) => content?.toString("latin1")),
          messages.map((message) => message.toString("latin1")),
        );
      },
    ),
    { numRuns: 150 },
  );
});

t.test("a message without a line end gets one", async (t) => {
  const [found] = await read(await written(Buffer.from(`${HEAD}\nFrom`)));
  t.equal(String(found?.content), `${HEAD}\nFrom\n`);
});

t.test("mailboxes of others", async (t) => {
  const found = await read(
    "What no mailbox has\nFrom a at b.org  Thu Nov  5 08:07:06 2026 +0100\r\nA: 1\r\n\r\n>From x\r\n" +
      "From here on, in 2024, at 10:00 it is\nprose\n" +
      "From c@d.org 2026-11-05 08:07\n>From somebody\nB: 2\n\nend",
  );
  t.same(
    found.map(({ content, line, from }) => [String(content), line, from]),
    [
      [
        "A: 1\n\nFrom x\nFrom here on, in 2024, at 10:00 it is\nprose\n",
        2,
        "From a at b.org  Thu Nov  5 08:07:06 2026 +0100",
      ],
      ["From somebody\nB: 2\n\nend\n", 8, "From c@d.org 2026-11-05 08:07"],
    ],
  );
  t.same(await read("no mailbox\n"), []);
  t.same(await read(""), []);
});

t.test("what is too large is told, and what follows it is read", async (t) => {
  const large = Buffer.from(`${HEAD}\n${"x".repeat(3000)}\n`);
  const small = Buffer.from(`${HEAD}\nsmall\n`);
  const box = Buffer.concat([await written(large), await written(small)]);
  const found = await read(box, 1000, 2000);
  t.same(
    found.map(({ content }) => content?.length),
    [undefined, small.length],
  );
  t.equal(found[1]?.line, 6);
});

t.test("a line of any length passes", async (t) => {
  const long = Buffer.from(`${HEAD}\n${">".repeat(3 * 1024 * 1024)}\n`);
  const box = await written(long, 65_536);
  const [found] = await read(box, 65_536, 1e8);
  t.ok(found?.content?.equals(long));
  t.ok((await bytes([box], 100)).length > 0);
});
