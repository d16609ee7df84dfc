/**
 * Postfix's smtp-sink as a child, on a free loopback port: takes all mail and keeps none.
 */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Process } from "./process.ts";

const PROGRAM = "/usr/sbin/smtp-sink";
/** Connections that may wait to be taken. */
const BACKLOG = "1000";
/** Milliseconds for it to listen. */
const PATIENCE = 5000;

export interface Sink {
  /** `smtp://127.0.0.1:port`. */
  readonly url: string;
  /** `127.0.0.1:port`, as smtp-source wants it. */
  readonly address: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Why there can be no sink, or undefined when there can. */
export function sinkMissing(): string | undefined {
  return existsSync(PROGRAM)
    ? undefined
    : `no ${PROGRAM}: install Postfix to run this`;
}

/** Starts one. It gives up root's rights, and must be told to whom. */
export async function startSink(): Promise<Sink> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const user = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const args = [...user, "-m", BACKLOG, address, BACKLOG];
  const sink = new Process({ file: PROGRAM, args });
  await Promise.race([listening(port), sink.ended]);
  return {
    url: `smtp://${address}`,
    address,
    port,
    stop: async () => {
      sink.kill();
      await sink.ended.catch(() => {});
    },
  };
}

async function listening(port: number): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!(await answers(port))) {
    if (performance.now() > deadline)
      throw new Error(`smtp-sink does not listen on port ${port}`);
    await sleep(10);
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect({ host: "127.0.0.1", port });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
