import t from "tap";
import { wayOf } from "../../../src/outbound/smtp/way.ts";
import { content, streamed } from "./talking.ts";

t.test("by what the server offers, and how large the message is", async (t) => {
  const small = content("x");
  const large = content("x", { size: 1024 * 1024 + 1 });
  for (const [pipelining, chunking, message, way] of [
    [false, false, small, "steps"],
    [false, true, small, "steps"],
    [true, false, small, "data"],
    [true, false, streamed("x"), "data"],
    [true, true, small, "burst"],
    [true, true, large, "chunks"],
    [true, true, streamed("x"), "chunks"],
  ] as const)
    t.equal(wayOf({ pipelining, chunking }, message), way);
});
