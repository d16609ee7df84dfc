/**
 * The table of `listmill queue`: what waits in which queue. Recipients are counted by the names and
 * envelopes of their entries, or as lines in a stream; of many entries only their rows are kept.
 */
import { errnoOf, exit } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";
import { alarmIn } from "../bounce/judge/alarm.ts";
import { waitingCount } from "../engine/ledger.ts";
import { type Envelope, readEnvelope } from "../spool/envelope.ts";
import { type Name, parseName } from "../spool/name.ts";
import {
  entriesOf,
  envelopeOf,
  type Found,
  mustBeQueue,
} from "../spool/operator.ts";
import {
  hasRecipients,
  recipientsFile,
  wholeList,
} from "../spool/recipients.ts";
import { isResting, listFolder } from "../spool/spool.ts";
import type { Context } from "./context.ts";
import { hookQueues } from "./hookqueues.ts";

/** Prints what waits. @param only a queue */
export function list(context: Context, only: string | undefined): number {
  const { spool } = context;
  if (only !== undefined) mustBeQueue(spool, only);
  const queues = only === undefined ? spool.queues() : [only];
  const served = hookQueues(context);
  const rows = queues.flatMap((queue) =>
    [...entriesOf(spool, queue)].map((found): Row => {
      try {
        return rowOf(found, context, served);
      } catch (error) {
        const code = errnoOf(error);
        if (code !== "EACCES" && code !== "EPERM") throw error;
        const { id, attempt, lane } = found.name;
        return {
          ...bareRow,
          queue,
          entry: id,
          attempt,
          recipients: lane?.size ?? 0,
          error: `this user may not read it (${code}); see: listmill spool verify`,
        };
      }
    }),
  );
  for (const queue of queues)
    for (const file of queue === "incoming"
      ? listFolder(spool.waiting(queue))
      : [])
      if (!parseName(file) && !file.startsWith("."))
        rows.push({
          ...bareRow,
          queue,
          entry: file,
          next: "now",
          recipients: 1,
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
      context.json
        ? rows.map((row) => ({ ...row }))
        : rows.map((row) => ({ ...row, ...shownCount(row) })),
    );
  return exit.ok;
}

interface Row {
  readonly queue: string;
  readonly entry: string;
  readonly list: string;
  readonly since: string;
  readonly attempt: number;
  readonly next: string;
  readonly sender: string;
  readonly recipients: number;
  readonly waiting?: number;
  readonly error: string;
}

function rowOf(found: Found, context: Context, served: readonly string[]): Row {
  const { queue, name, node, path } = found;
  const read = readEnvelope(path);
  const envelope = envelopeOf(found);
  const counts = recipientCounts(found, envelope);
  return {
    queue,
    entry: name.id,
    list: envelope.list ?? "",
    since: envelope.received.slice(0, 19),
    attempt: name.attempt,
    next: node
      ? `at work on ${node}`
      : nextOf(queue, name, context, served) + purpose(envelope),
    sender: envelope.sender,
    recipients: counts?.all ?? (envelope.recipient ? 1 : 0),
    ...(counts ? { waiting: counts.waiting } : {}),
    error: read.kind === "broken" ? oneLine(read.reason) : errorOf(envelope),
  };
}

/** Of what cannot be read, or has no envelope yet. */
const bareRow = {
  list: "",
  since: "",
  attempt: 0,
  next: "",
  sender: "",
  error: "",
};

/** The last that befell it, but for what a person did to some of its recipients. */
function errorOf({ history }: Envelope): string {
  const last = history.findLast(({ what }) => what !== "dropped");
  return last ? `${last.where}: ${last.reason ?? last.what}` : "";
}

/** `37 of 1000`, once some are done with. */
function shownCount({
  recipients,
  waiting = recipients,
}: {
  readonly recipients: number;
  readonly waiting?: number;
}) {
  return waiting === recipients
    ? {}
    : { recipients: `${waiting} of ${recipients}` };
}

/** What an entry without any trouble waits for, where it is not plain. */
function purpose({ extension }: Envelope): string {
  if (extension === "digest-issue") return ", the digest's alarm";
  return extension === undefined || alarmIn(extension) === undefined
    ? ""
    : ", the look at a day's bounces";
}

function nextOf(
  queue: string,
  name: Name,
  context: Context,
  served: readonly string[],
): string {
  if (isResting(queue)) return "rests";
  if (!served.includes(queue)) return "no hooks";
  return name.due <= context.clock.now() / 1000 ? "now" : iso(name.due);
}

/** How many recipients are on an entry's list, and how many of them are not done with. */
interface Counts {
  readonly all: number;
  readonly waiting: number;
}

/** Undefined where it has no list, or was taken just now. */
function recipientCounts(
  { path, name }: Found,
  { portion }: Envelope,
): Counts | undefined {
  try {
    if (!hasRecipients(path)) return undefined;
    // An envelope that broke does not say how many of the list are its own.
    const all =
      name.lane?.size ??
      portion?.count ??
      wholeList(recipientsFile(path)).count;
    return { all, waiting: waitingCount(path, all) };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
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
