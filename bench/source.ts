/**
 * What our own sending is compared to, with the same work: Postfix's smtp-source, and the bare loop.
 */
import { join } from "node:path";
import type { Run } from "./measure.ts";
import { run } from "./programs.ts";
import type { Sink } from "./sink.ts";

export interface Load {
  readonly messages: number;
  /** Recipients of each message. */
  readonly recipients: number;
  /** Bytes of each message's body. */
  readonly size: number;
  /** Connections at a time, each kept for several messages. */
  readonly connections: number;
}

/** Sends it all with smtp-source. */
export function runSource(sink: Sink, load: Load): Promise<Run> {
  const numbers = {
    "-m": load.messages,
    "-r": load.recipients,
    "-l": load.size,
    "-s": load.connections,
  };
  const options = Object.entries(numbers).flatMap(([name, value]) => [
    name,
    String(value),
  ]);
  const args = ["-d", ...options, sink.address];
  return run({ file: "/usr/sbin/smtp-source", args });
}

/** Sends it all with the bare loop; the start of its process left out. */
export function runBare(sink: Sink, load: Load): Promise<Run> {
  return ownFigures("bare.ts", numbersOf(sink, load));
}

/** Sends it all with a client for SMTP; the start of its process left out. */
export function runSending(
  client: "ours" | "nodemailer",
  sink: Sink,
  load: Load,
): Promise<Run> {
  return ownFigures("sending.ts", [client, ...numbersOf(sink, load)]);
}

function numbersOf(sink: Sink, load: Load): string[] {
  const { connections, messages, recipients, size } = load;
  return [sink.port, connections, messages, recipients, size].map(String);
}

/** What a program of the bench measures itself; Node is started as bin/listmill starts it. */
async function ownFigures(name: string, args: readonly string[]): Promise<Run> {
  const script = join(import.meta.dirname, name);
  const { stdout } = await run({
    file: process.execPath,
    args: ["--max-semi-space-size=8", script, ...args],
  });
  return JSON.parse(stdout[0] ?? "");
}
