import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { bytes } from "../../src/base/pieces.ts";
import { addFooter } from "../../src/mail/footer.ts";
import { openMessage } from "../../src/mail/message.ts";
import { protection } from "../../src/mail/mime.ts";
import { readable } from "../../src/mail/text.ts";
import { traceEnvelope } from "../../src/mail/trace.ts";

const corpus = "../shared/corpus";
const LIMIT = 1024 * 1024;
const folders = ["messages", "lists", "bounces", "reports"];
const skip = existsSync(corpus) ? false : `no corpus: ${corpus}`;

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const open = (path: string) =>
  openMessage([{ path, start: 0, end: statSync(path).size }], LIMIT);

t.test("every file comes back byte for byte", { skip }, async (t) => {
  const different: string[] = [];
  let count = 0;
  for (const folder of folders)
    for (const path of files(join(corpus, folder))) {
      const message = await open(path);
      const original = readFileSync(path);
      const same = await bytes(message.pieces(), 1e9);
      const rewritten = await bytes(message.with({}).pieces(), 1e9);
      message.variables();
      traceEnvelope(message.header);
      await protection(message);
      count++;
      // Rewritten, it may lose mbox lines and gain a blank line, and nothing else.
      const tail = await bytes(message.body, 1e9);
      const kept = original
        .subarray(original.length - tail.length)
        .equals(tail);
      const whole = rewritten
        .subarray(rewritten.length - tail.length)
        .equals(tail);
      if (!same.equals(original) || !kept || !whole) different.push(path);
    }
  t.same(different, []);
  t.ok(count > 3000, `${count} files`);
});

t.test("subjects and ids are those that Python finds", { skip }, async (t) => {
  const folder = join(corpus, "messages");
  const expected: Record<
    string,
    { reference?: { subject?: string; message_id?: string; from?: string[][] } }
  > = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
  const plain = (text = "") => text.replace(/[\s\p{Cc}]+/gu, " ").trim();
  const agreed = { subject: 0, id: 0, from: 0 };
  let count = 0;
  for (const [name, { reference }] of Object.entries(expected)) {
    const path = join(folder, name);
    if (!reference || !existsSync(path) || !statSync(path).isFile()) continue;
    const { header, ...message } = await open(path).then((message) => ({
      header: message.header,
      ...message.variables(),
    }));
    count++;
    if (plain(header.text("Subject")) === plain(reference.subject ?? ""))
      agreed.subject++;
    if (plain(header.get("Message-ID")) === plain(reference.message_id ?? ""))
      agreed.id++;
    if (
      message.FROM.toLowerCase() ===
      (reference.from?.[0]?.[1] ?? "").toLowerCase()
    )
      agreed.from++;
  }
  t.comment(`of ${count}: ${JSON.stringify(agreed)}`);
  t.ok(agreed.subject / count > 0.96);
  t.ok(agreed.id / count > 0.99);
  t.ok(agreed.from / count > 0.96);
});

t.test(
  "a footer can be added to anything, and is found again",
  { skip },
  async (t) => {
    const unchanged: string[] = [];
    let count = 0;
    for (const path of files(join(corpus, "messages")).filter(
      (_, n) => n % 3 === 0,
    )) {
      const message = await open(path);
      const footed = await addFooter(message, "== the footer ==");
      const whole = await bytes(footed.pieces(), 1e9);
      count++;
      const protectedOne = (await protection(message)) !== "none";
      if (
        !protectedOne &&
        !/(?:==|=3D=3D) the footer/.test(whole.toString("latin1"))
      )
        unchanged.push(path);
      if (protectedOne && !whole.equals(await bytes(message.pieces(), 1e9)))
        unchanged.push(path);
    }
    t.same(unchanged, []);
    t.ok(count > 300, `${count} files`);
  },
);

t.test("whatever it is, reading it ends", { skip }, async (t) => {
  let read = 0;
  const some = files(join(corpus, "messages")).filter((_, n) => n % 4 === 0);
  for (const path of some) {
    const piece = { path, start: 0, end: statSync(path).size };
    const { text } = await readable([piece], { limit: 10_000 });
    if (text.trim() !== "") read++;
  }
  t.ok(read / some.length > 0.7, `${read} of ${some.length}`);
});
