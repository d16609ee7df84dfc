/** Sockets of ZeroMQ that are bounded and keep no process alive. The only importer of zeromq. */
import { Reply, Request, XPublisher } from "zeromq";

/** Bytes: the largest envelope, and the largest answer. */
const LARGEST = { request: 64 * 2 ** 20, reply: 64 * 1024 };

/** One question at a time; without a consumer nothing is sent. @param timeout milliseconds */
export function asking(endpoint: string, timeout: number): Request {
  const socket = new Request({
    immediate: true,
    sendTimeout: timeout,
    receiveTimeout: timeout,
    linger: 0,
    maxMessageSize: LARGEST.reply,
    reconnectInterval: 100,
    reconnectMaxInterval: 5000,
  });
  socket.connect(endpoint);
  return socket;
}

/** Throws where it cannot be bound. */
export async function answering(endpoint: string): Promise<Reply> {
  const socket = new Reply({
    linger: 500,
    maxMessageSize: LARGEST.request,
    // What waits lies in memory: the mills keep the rest.
    receiveHighWaterMark: 1,
    sendTimeout: 0,
  });
  try {
    await socket.bind(endpoint);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** What nobody takes at once is dropped. @param patience milliseconds to wait for a first subscriber */
export async function announcing(
  endpoint: string,
  patience: number,
): Promise<XPublisher> {
  const socket = new XPublisher({ linger: 100, receiveTimeout: patience });
  socket.connect(endpoint);
  // The first notices would go to nobody, while the connection is made.
  await socket.receive().catch(() => {});
  return socket;
}
