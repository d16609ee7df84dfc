import t from "tap";
import { formatReply, readReply } from "../../../src/brokers/zeromq/reply.ts";

t.test("replies", async (t) => {
  const reply = { id: "a", verdict: "later", reason: "no room" } as const;
  t.same(readReply(Buffer.from(formatReply(reply))), reply);
  for (const none of ["", "ok", "{}", '{"id":"a","verdict":"yes"}', "\xff"])
    t.equal(readReply(Buffer.from(none, "latin1")), undefined, none);
});
