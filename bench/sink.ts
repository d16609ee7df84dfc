/**
 * Postfix's smtp-sink as a child, on a free loopback port: takes all mail and keeps none.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

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
  readonly pid: number;
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
  const address = `127.0.0.1:${await freePort()}`;
  const user = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const child = spawn(PROGRAM, [...user, "-m", BACKLOG, address, BACKLOG], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  await listening(address, child);
  return {
    url: `smtp://${address}`,
    address,
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}

async function listening(address: string, child: ChildProcess): Promise<void> {
  const port = Number(address.split(":")[1]);
  const deadline = performance.now() + PATIENCE;
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill();
      throw new Error(`smtp-sink does not listen on ${address}`);
    }
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
