/**
 * Requests of mills, one after the other; each is answered by its id. What is to come again later, the
 * mill keeps and sends again; so nothing waits here, and nothing is lost with this process.
 */
import { messageOf } from "../../base/errors.ts";
import type { Delivery, Inlet } from "../kit/inlet.ts";
import { formatReply, type ZeromqReply } from "./reply.ts";
import { answering } from "./sockets.ts";

/** Throws where the endpoint cannot be bound. */
export async function openZeromqInlet(endpoint: string): Promise<Inlet> {
  const socket = await answering(endpoint);
  let isStopped = false;
  const stopped = Promise.withResolvers<undefined>();

  const answer = async (body: Uint8Array, reply: Said) => {
    const id = idIn(body);
    // Whoever does not wait any more asks again.
    await socket.send(formatReply({ id, ...reply })).catch(() => {});
  };
  const delivery = (body: Uint8Array): Delivery => ({
    body,
    sender: "the mill",
    done: () => answer(body, { verdict: "ok" }),
    later: (_, reason) => answer(body, { verdict: "later", reason }),
    dead: (reason) => answer(body, { verdict: "reject", reason }),
  });

  const stop = () => {
    isStopped = true;
    stopped.resolve(undefined);
  };

  return {
    stop,
    async next() {
      if (isStopped) return undefined;
      const coming = socket.receive().then(
        ([body]) => delivery(body ?? Buffer.alloc(0)),
        (error: unknown) => {
          if (isStopped) return undefined;
          throw new Error(messageOf(error));
        },
      );
      return Promise.race([coming, stopped.promise]);
    },
    async close() {
      stop();
      socket.close();
    },
  };
}

type Said = Pick<ZeromqReply, "verdict" | "reason">;

function idIn(body: Uint8Array): string {
  try {
    return String(JSON.parse(Buffer.from(body).toString()).id);
  } catch {
    return "";
  }
}
