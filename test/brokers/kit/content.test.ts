import { createHash } from "node:crypto";
import t from "tap";
import { bytes } from "../../../src/base/pieces.ts";
import type { Envelope } from "../../../src/brokers/envelope.ts";
import { contentOf, variablesOf } from "../../../src/brokers/kit/content.ts";

const common = {
  version: 1,
  id: "dev@x.org/1",
  kind: "post",
  list: { address: "dev@x.org" },
  received: "2026-07-20T10:00:00.000Z",
  headers: [],
} as const;
const sha256 = (text: string) =>
  createHash("sha256").update(text).digest("hex");
const stdin = async (envelope: unknown, archive?: string) => {
  const found = await contentOf(envelope as Envelope, archive);
  return typeof found === "string"
    ? found
    : `${await bytes(found.stdin, 1000)}`;
};

t.test("what a program reads", async (t) => {
  t.equal(await stdin({ ...common, raw: "aGVsbG8=" }), "hello");
  t.equal(await stdin({ ...common, event: { event: "x" } }), '{"event":"x"}\n');
});

t.test("a large post is read from the archive, if it is the one", async (t) => {
  const archive = t.testdir({
    secret: "hello",
    loop: t.fixture("symlink", "loop"),
    "dev@x.org": { numbers: { 0: { 1: "hello", 2: "other" } } },
  });
  const at = (path: string, text = "hello") => ({
    ...common,
    reference: { path, bytes: text.length, sha256: sha256(text) },
  });
  const place = "dev@x.org/numbers/0/1";
  t.equal(await stdin(at(place), archive), "hello");
  t.match(await stdin(at(place)), /--archive DIR/);
  t.match(await stdin(at(place, "hallo"), archive), /not as it was/);
  t.match(await stdin(at(place, "longer"), archive), /not as it was/);
  t.match(await stdin(at("dev@x.org/numbers/0/3"), archive), /is not there/);
  const long = `${"x".repeat(300)}/numbers/0/1`;
  for (const path of [long, "a\0b/numbers/0/1", "loop/numbers/0/1"])
    t.match(await stdin(at(path), archive), /cannot be read: E/, path);
  for (const path of ["secret", "../secret", "/etc/passwd", "../numbers/0/1"])
    t.match(await stdin(at(path), archive), /no place in an archive/, path);
});

t.test("the same post is told from another one by its digest", async (t) => {
  const raw = { ...common, raw: Buffer.from("hello").toString("base64") };
  t.match(await contentOf(raw as unknown as Envelope, undefined), {
    digest: sha256("hello"),
  });
});

t.test("what strangers wrote is one line", async (t) => {
  const envelope = { ...common, raw: "", message_id: "<a\nb\0c>" };
  t.match(variablesOf(envelope as unknown as Envelope), {
    LISTMILL_ID: "dev@x.org/1",
    LISTMILL_MESSAGE_ID: "<a b c>",
    LISTMILL_NUMBER: "",
  });
});
