/**
 * Postfix's smtp-source: the reference that our own sending is compared to.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Load {
  /** Where to send, as host:port. */
  readonly address: string;
  readonly messages: number;
  /** Recipients of each message. */
  readonly recipients: number;
  /** Bytes of each message's body. */
  readonly size: number;
  /** Connections at a time, each kept for several messages. */
  readonly sessions: number;
}

/** Sends it all. @returns recipients a second */
export async function runSource(load: Load): Promise<number> {
  const from = performance.now();
  const numbers = {
    "-m": load.messages,
    "-r": load.recipients,
    "-l": load.size,
    "-s": load.sessions,
  };
  const options = Object.entries(numbers).flatMap(([name, value]) => [
    name,
    String(value),
  ]);
  await run("/usr/sbin/smtp-source", ["-d", ...options, load.address]);
  const seconds = (performance.now() - from) / 1000;
  return (load.messages * load.recipients) / seconds;
}
