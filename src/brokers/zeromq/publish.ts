/**
 * Posts and events as requests of ZeroMQ to a consumer, which answers each by its id: done where it has
 * said so. A socket whose question was not answered can ask no other one (REQ goes in lockstep), so it
 * is given up, and the message is sent again by a new one under the same id.
 */
import { messageOf } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";
import type { ZeromqSettings } from "../../lists/schema/brokers.ts";
import {
  type Line,
  type Outcome,
  type Parcel,
  taken,
  topicOf,
} from "../parcel.ts";
import { readReply } from "./reply.ts";
import { announcing, asking } from "./sockets.ts";

/** Milliseconds: for a consumer to be found, and for a first subscriber. */
const PATIENCE = { consumer: 5000, subscriber: 500 };

export async function openZeromq(settings: ZeromqSettings): Promise<Line> {
  const { endpoint, notice, timeout } = settings;
  const request = asking(endpoint, timeout);
  request.sendTimeout = Math.min(timeout, PATIENCE.consumer);
  const publisher =
    notice === undefined
      ? undefined
      : await announcing(notice, PATIENCE.subscriber);
  let isOpen = true;

  const asked = async ({ id, body }: Parcel): Promise<Outcome> => {
    try {
      await request.send(body);
    } catch (error) {
      const reason = `nobody answers at ${endpoint}: ${messageOf(error)}`;
      return { is: "away", reason };
    }
    let bytes: Uint8Array | undefined;
    try {
      [bytes] = await request.receive();
    } catch {
      const reason = `no answer from ${endpoint} within ${timeout / 1000} s`;
      return { is: "away", reason };
    }
    return outcomeOf(bytes ?? Buffer.alloc(0), id);
  };

  return {
    isOpen: () => isOpen,
    async send(parcel) {
      const outcome = await asked(parcel);
      if (outcome.is === "taken")
        await publisher?.send([topicOf(parcel), parcel.notice]).catch(() => {});
      return outcome;
    },
    async close() {
      isOpen = false;
      request.close();
      publisher?.close();
    },
  };
}

function outcomeOf(bytes: Uint8Array, id: string): Outcome {
  const reply = readReply(bytes);
  if (reply?.id !== id)
    return {
      is: "away",
      reason: `the answer is none to ${oneLine(id, 300)}: ${oneLine(Buffer.from(bytes).toString(), 100)}`,
    };
  const reason = oneLine(reply.reason ?? "the consumer gives no reason", 300);
  switch (reply.verdict) {
    case "ok":
      return taken;
    case "later":
      return { is: "later", reason };
    case "reject":
      return { is: "refused", reason };
  }
}
