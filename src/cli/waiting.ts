/**
 * The table of `listmill queue`: what waits in which queue. Many entries with many recipients are
 * counted without reading any file as a whole.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, exit, Failure } from "../base/errors.ts";
import type { Envelope } from "../spool/envelope.ts";
import { type Name, parseName } from "../spool/name.ts";
import { entriesOf, envelopeOf } from "../spool/operator.ts";
import { listFolder, restingQueues } from "../spool/spool.ts";
import type { Context } from "./context.ts";
import { hookQueues } from "./hookqueues.ts";

/** Prints what waits. @param only a queue */
export function list(context: Context, only: string | undefined): number {
  const { spool } = context;
  const queues = only === undefined ? spool.queues() : [only];
  if (only !== undefined && !spool.queues().includes(only))
    throw new Failure(
      exit.usage,
      `no queue "${only}"; there are: ${spool.queues().join(", ")}`,
    );
  const served = hookQueues(context);
  const rows = queues.flatMap((queue) =>
    [...entriesOf(spool, queue)].map((found) => {
      const envelope = envelopeOf(found);
      const last = envelope.history.at(-1);
      return {
        queue,
        entry: found.name.id,
        list: envelope.list ?? "",
        since: envelope.received.slice(0, 19),
        attempt: found.name.attempt,
        next: found.node
          ? `at work on ${found.node}`
          : nextOf(queue, found.name, context, served) + purpose(envelope),
        sender: envelope.sender,
        recipients:
          countLines(join(found.path, "recipients")) ||
          (envelope.recipient ? 1 : 0),
        error: last ? `${last.where}: ${last.reason ?? last.what}` : "",
      };
    }),
  );
  for (const queue of queues)
    for (const file of queue === "incoming"
      ? listFolder(spool.waiting(queue))
      : [])
      if (!parseName(file) && !file.startsWith("."))
        rows.push({
          queue,
          entry: file,
          list: "",
          since: "",
          attempt: 0,
          next: "now",
          sender: "",
          recipients: 1,
          error: "",
        });
  if (rows.length === 0 && !context.json) context.say("nothing waits");
  else
    context.table(
      [
        "queue",
        "entry",
        "list",
        "since",
        "attempt",
        "next",
        "recipients",
        "error",
      ],
      rows,
    );
  return exit.ok;
}

/** What an entry without any trouble waits for, where it is not plain. */
function purpose({ extension }: Envelope): string {
  return extension === "digest-issue" ? ", the digest's alarm" : "";
}

function nextOf(
  queue: string,
  name: Name,
  context: Context,
  served: readonly string[],
): string {
  if ((restingQueues as readonly string[]).includes(queue)) return "rests";
  if (!served.includes(queue)) return "no hooks";
  return name.due <= context.clock.now() / 1000 ? "now" : iso(name.due);
}

const chunk = Buffer.alloc(64 * 1024);

/** How many lines a file has; none where an entry has no such file, or was taken just now. */
export function countLines(path: string): number {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    if (isGone(error)) return 0;
    throw error;
  }
  try {
    let count = 0;
    for (;;) {
      const size = readSync(fd, chunk);
      if (size === 0) return count;
      const read = chunk.subarray(0, size);
      for (let at = read.indexOf(10); at >= 0; at = read.indexOf(10, at + 1))
        count += 1;
    }
  } finally {
    closeSync(fd);
  }
}

/** Whether an error says that an entry has no such file, or that a runner took it just now. */
export function isGone(error: unknown): boolean {
  const code = errnoOf(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** Seconds since 1970 as people read them, in UTC. */
export function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}
