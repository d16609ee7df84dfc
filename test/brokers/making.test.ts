import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { readEnvelope } from "../../src/brokers/envelope.ts";
import { type Copy, envelopeOf } from "../../src/brokers/making.ts";
import type { List } from "../../src/lists/directory.ts";
import { openMessage } from "../../src/mail/message.ts";

const address = "dev@lists.example.org";
const list = {
  ...{ address, local: "dev", domain: "lists.example.org" },
  settings: { description: "About it" },
} as List;

async function copy(
  content: Buffer,
  more: Partial<Copy> = {},
  number: number | undefined = 17,
): Promise<Copy> {
  return {
    id: "0mwxr76ka-029ni738mlr8",
    queue: "archive-amqp",
    envelope: {
      list: address,
      received: "2026-07-20T10:00:00Z",
      ...(number !== undefined && { number }),
    },
    list,
    message: await openMessage([content], 4096),
    site: {
      home: "/nowhere",
      archive: { permalink: "https://x.example/{{hash}}" },
    },
    ...more,
  };
}

t.test("all of a post", async (t) => {
  const text =
    "From: a@x.example\nSubject: a\n\tlong one\nMessage-Id: <1@x>\n\nhello\n";
  t.same(await envelopeOf(await copy(Buffer.from(text)), 1000), {
    version: 1,
    id: "dev@lists.example.org/17",
    kind: "post",
    list: { address, description: "About it" },
    number: 17,
    message_id: "<1@x>",
    hash: "7XF5VA3ALZFK4LXSU2BYOSOODW2XWRBI",
    permalink: "https://x.example/7XF5VA3ALZFK4LXSU2BYOSOODW2XWRBI",
    received: "2026-07-20T10:00:00.000Z",
    headers: [
      ["From", "a@x.example"],
      ["Subject", "a\tlong one"],
      ["Message-Id", "<1@x>"],
    ],
    raw: Buffer.from(text).toString("base64"),
  });
});

t.test("whatever the bytes, they are read as they were", async (t) => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string().map((text) => Buffer.from(`A: ${text}\nB:${text}\n\n${text}`)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (content) => {
      const made = await envelopeOf(await copy(Buffer.from(content)), 1000);
      const read = readEnvelope(Buffer.from(JSON.stringify(made)));
      if (read.is !== "envelope") throw new Error(read.reason);
      const { raw } = read.envelope as { raw: string };
      t.ok(Buffer.from(raw, "base64").equals(Buffer.from(content)));
    }),
    { numRuns: 200 },
  );
});

t.test("a large post is told by its place", async (t) => {
  const dir = t.testdir();
  const content = Buffer.from(`Subject: large\n\n${"x".repeat(100_000)}\n`);
  mkdirSync(join(dir, "a"));
  writeFileSync(join(dir, "a/17"), content);
  const range = { path: join(dir, "a/17"), start: 0, end: content.length };
  const message = await openMessage([range], 4096);
  const made = await envelopeOf(await copy(content, { message }), 1000);
  t.match(made, {
    reference: {
      path: "dev@lists.example.org/numbers/0/17",
      bytes: content.length,
      sha256: createHash("sha256").update(content).digest("hex"),
    },
  });
  t.notOk(Object.hasOwn(made as object, "raw"));
  const without = await copy(content, { message });
  const { number, ...envelope } = without.envelope;
  t.match(await envelopeOf({ ...without, envelope }, 1000), /no archive/);
});

t.test("an event has its own id where it has one", async (t) => {
  const event = {
    event: "member.joined",
    list: address,
    at: "2026-07-21T10:00:00Z",
  };
  const made = async (body: unknown, more: Partial<Copy> = {}) => {
    const text = `Subject: x\n\n${typeof body === "string" ? body : JSON.stringify(body)}`;
    const content = Buffer.from(text);
    const queue = "events-amqp";
    return envelopeOf(await copy(content, { queue, ...more }), 10);
  };
  t.match(await made(event), {
    id: "0mwxr76ka-029ni738mlr8",
    kind: "member.joined",
    received: "2026-07-21T10:00:00.000Z",
    event,
  });
  t.match(await made({ ...event, id: "own" }), { id: "own" });
  t.match(
    await made(event, { list: undefined }),
    { list: { address } },
    "of a list that is gone",
  );
  t.match(await made({ ...event, event: "a b\n" }), { kind: "a_b" });
  for (const none of ["", "1", "[]", "{}", '{"event":""}', "no"])
    t.match(await made(none), /no event/, none);
});
