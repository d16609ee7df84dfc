import { readFileSync } from "node:fs";
import t from "tap";
import { readEnvelope, schemaPage } from "../../src/brokers/envelope.ts";

const page = "docs/consumer-envelope.schema.json";
const post = {
  version: 1,
  id: "dev@x.org/1",
  kind: "post",
  list: { address: "dev@x.org" },
  received: "2026-07-20T10:00:00.000Z",
  headers: [["Subject", "a"]],
  raw: "YQ==",
};
const read = (value: unknown) =>
  readEnvelope(Buffer.from(JSON.stringify(value)));

t.test("the schema for other programs is current", async (t) => {
  t.equal(readFileSync(page, "utf8"), schemaPage(), "npm run settings");
});

t.test("fields that nobody knows are passed over", async (t) => {
  t.match(read({ ...post, colour: "red" }), { is: "envelope" });
  const list = { address: "a@x.org", colour: "red" };
  t.match(read({ ...post, list }), { is: "envelope", envelope: { list } });
});

t.test("what is no envelope", async (t) => {
  const { raw, ...empty } = post;
  const none: unknown[] = [null, 1, [], {}, empty];
  none.push({ ...post, id: "" }, { ...post, kind: "../../x" });
  none.push({ ...post, raw: "no base64!" }, { ...post, version: 0 });
  for (const value of none)
    t.match(
      read(value),
      { is: "trouble", isLasting: true },
      JSON.stringify(value),
    );
  const latin1 = Buffer.from('{"version":1,"id":"\xff"}', "latin1");
  t.match(readEnvelope(latin1), { is: "trouble", reason: "it is no JSON" });
});

t.test("one of a newer version waits for a newer listmill", async (t) => {
  t.match(read({ version: 2 }), {
    is: "trouble",
    isLasting: false,
    reason: /version 2 .* knows 1/,
  });
});
