import t from "tap";
import type { Envelope } from "../../src/brokers/envelope.ts";
import { parcelOf, shortId, topicOf } from "../../src/brokers/parcel.ts";

t.test("what subscribers choose by", async (t) => {
  t.equal(topicOf({ list: "a@x.org", kind: "post" }), "a@x.org.post");
  t.equal(topicOf({ list: "", kind: "list.removed" }), "list.removed");
});

t.test("a notice has no message in it", async (t) => {
  const envelope = {
    version: 1,
    id: "a@x.org/1",
    kind: "post",
    list: { address: "a@x.org" },
    received: "2026-07-20T10:00:00.000Z",
    number: 1,
    headers: [["Subject", "secret"]],
    raw: "c2VjcmV0",
  } satisfies Envelope;
  const { body, notice } = parcelOf(envelope as Envelope);
  t.same(JSON.parse(`${body}`), envelope);
  const { headers, raw, ...short } = envelope;
  t.same(JSON.parse(`${notice}`), short);
});

t.test("an id that is too long for AMQP is told by its hash", async (t) => {
  t.equal(shortId("a".repeat(255)), "a".repeat(255));
  t.match(shortId("ä".repeat(128)), /^[0-9a-f]{64}$/);
});
