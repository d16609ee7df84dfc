/**
 * What a consumer answers to a request, JSON in one frame: `{"id": ..., "verdict": "ok"}`, or "later" or
 * "reject" with a "reason". Pure.
 */
import { z } from "zod";

const reply = z.looseObject({
  id: z.string(),
  verdict: z.enum(["ok", "later", "reject"]),
  reason: z.string().optional(),
});

export type ZeromqReply = z.output<typeof reply>;

/** A reply, or undefined where these bytes are none. */
export function readReply(bytes: Uint8Array): ZeromqReply | undefined {
  try {
    return reply.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined;
  }
}

export function formatReply(answer: ZeromqReply): string {
  return JSON.stringify(answer);
}
