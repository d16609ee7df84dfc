import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { attachmentsOf } from "../../src/mail/attachments.ts";
import { openMessage } from "../../src/mail/message.ts";

async function found(text: string, cut = text.length) {
  const bytes = Buffer.from(text, "latin1");
  const message = await openMessage(
    [bytes.subarray(0, cut), bytes.subarray(cut)],
    64 * 1024,
  );
  const all: string[] = [];
  for await (const { type, name } of attachmentsOf(message))
    all.push(`${type} ${name}`.trim());
  return all;
}

const sample = `Content-Type: multipart/mixed; boundary="a b"

This is for old readers.
--a b
Content-Type: text/plain

Hello
--not
--a b
Content-Type: multipart/alternative; boundary=inner

--inner

The same
--inner  
Content-Type: text/html

<p>
--inner--
--a b
Content-Type: image/png; name="=?utf-8?q?K=C3=A4fer.png?="
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--a b
Content-Disposition: attachment; filename=run.exe

x
--a b
Content-Type: message/rfc822

Subject: inside
Content-Type: multipart/mixed; boundary=deep

--deep
Content-Type: application/pdf
--deep
Content-Type: text/calendar
--deep--
--a b--
--a b
Content-Type: video/mp4`;

const all = [
  "image/png Käfer.png",
  "text/plain run.exe",
  "message/rfc822",
  "application/pdf",
  "text/calendar",
  "video/mp4",
];

t.test("what is attached, at any depth", async (t) => {
  t.same(await found(sample), all);
  t.same(await found(sample.replaceAll("\n", "\r\n")), all);
  t.same(await found("Subject: x\n\nText"), []);
  t.same(await found("Content-Type: text/html\n\n<p>"), []);
  t.same(await found("Content-Type: application/zip\n\nPK"), [
    "application/zip",
  ]);
  t.same(
    await found("Content-Type: message/rfc822\n\nA: b\nContent-Type: a/b"),
    ["message/rfc822", "a/b"],
  );
  t.same(await found('Content-Type: multipart/mixed; boundary=""\n\n--\n'), []);
});

t.test("whatever stands before it in a part's header", async (t) => {
  const after = (junk: string) =>
    found(
      `Content-Type: multipart/mixed; boundary=z\n\n--z\n${junk}Content-Disposition: attachment; filename=run.exe\nContent-Type: application/x-dos\n\nMZ\n--z\nContent-Type: a/b\n\n--z--\n`,
    );
  const run = "application/x-dos run.exe";
  for (const [what, junk] of Object.entries({
    fields: "X-Junk: x\n".repeat(20_000),
    "one field": `X-Junk: ${"x".repeat(200_000)}\n`,
    "a folded one": `X-Junk: x\n${" x\n".repeat(60_000)}`,
    "fields of MIME": "Content-Junk: x\n".repeat(20_000),
    "no fields": "junk\n".repeat(20_000),
  }))
    t.same(await after(junk), [run, "a/b"], what);
  const unknown = "application/octet-stream";
  for (const [what, junk] of Object.entries({
    "a field that is too long": `Content-Type: text/plain;${' x="y";\n'.repeat(20_000)}`,
    "a line that is": `Content-Type: text/plain; x="${"y".repeat(100_000)}"\n`,
    "far too many": "Content-Type: text/plain\n".repeat(10_000),
    "a name with blanks": `Content-Type${" ".repeat(100_000)}: text/plain\n`,
  }))
    t.ok((await after(junk)).includes(unknown), what);
  t.same(
    await found(
      `Content-Type: multipart/mixed; boundary=z\n\n--z\nContent-Type: text/plain; x=${"y".repeat(100_000)}`,
    ),
    [unknown],
    "at the end",
  );
});

t.test("wherever a piece ends", async (t) => {
  for (let cut = 0; cut < sample.length; cut += 1)
    if (JSON.stringify(await found(sample, cut)) !== JSON.stringify(all))
      t.fail(`cut at ${cut}`);
});

t.test("whatever comes", async () => {
  const part = fc.constantFrom(
    ...["--a b\n", "--a b--\n", "\n", "Content-Type: a/b\n", "--", " x\n"],
    ...[
      "Content-Type: message/rfc822\n",
      "Content-Type: multipart/x; boundary=c\n",
    ],
  );
  const body = fc.array(fc.oneof(part, fc.string())).map((all) => all.join(""));
  await fc.assert(
    fc.asyncProperty(body, async (text) => {
      await found(`Content-Type: multipart/mixed; boundary="a b"\n\n${text}`);
    }),
  );
});

t.test("a large message is read to its end", async (t) => {
  const file = join(t.testdir(), "message");
  const line = `--${"x".repeat(70)}\n`;
  const head = Buffer.from(
    "Content-Type: multipart/mixed; boundary=z\n\n--z\n\n",
  );
  const text = Buffer.concat([
    head,
    Buffer.from(line.repeat(200_000)),
    Buffer.alloc(5 << 20, "y"),
    Buffer.from("\n--z\nContent-Type: application/x-last\n\n"),
  ]);
  writeFileSync(file, text);
  const message = await openMessage(
    [{ path: file, start: 0, end: text.length }],
    64 * 1024,
  );
  const from = performance.now();
  const types: string[] = [];
  for await (const { type } of attachmentsOf(message)) types.push(type);
  t.same(types, ["application/x-last"]);
  t.comment(`${Math.round(performance.now() - from)} ms for 20 MB`);
});
