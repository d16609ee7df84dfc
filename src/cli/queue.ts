/**
 * listmill queue: what waits where, and what a person may do with it.
 */
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, exit, Failure } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";
import { bytes } from "../base/pieces.ts";
import { replace, syncPath } from "../spool/durable.ts";
import {
  type Envelope,
  formatEnvelope,
  readEnvelope,
  withEvent,
} from "../spool/envelope.ts";
import {
  formatName,
  isQueueName,
  type Name,
  parseName,
} from "../spool/name.ts";
import { move } from "../spool/nfs.ts";
import { listFolder, restingQueues } from "../spool/spool.ts";
import { type Context, parse, type Verb } from "./context.ts";
import { hookQueues } from "./hookqueues.ts";

const verb: Verb = {
  usage: `\
queue [QUEUE]
    What waits in which queue, since when, the next try and the last error.
queue show ENTRY            the envelope, the recipients and the head of the message
queue retry ENTRY...        try now
queue hold ENTRY...         lay it into held/ until it is released
queue release ENTRY...      let a held entry pass, or a failed one try again
queue drop ENTRY...         remove it for good
    ENTRY is an id as the list shows it, or the unique beginning of one.`,
  async run(context, args) {
    const { positionals } = parse(args, {});
    const [word, ...entries] = positionals;
    const act =
      word !== undefined && Object.hasOwn(actions, word)
        ? actions[word]
        : undefined;
    if (!act || word === undefined) {
      if (entries.length > 0)
        throw new Failure(
          exit.usage,
          `unknown action "${word}"; see: listmill help queue`,
        );
      return list(context, word);
    }
    if (entries.length === 0)
      throw new Failure(
        exit.usage,
        `queue ${word} takes entries; see: listmill queue`,
      );
    for (const entry of entries) {
      const found = find(context, entry);
      if (
        word === "drop" &&
        entry.slice(entry.lastIndexOf("/") + 1).length < SURE
      )
        throw new Failure(
          exit.usage,
          `"${entry}" is short for what cannot be undone: give at least ${SURE} characters of ${found.name.id}`,
        );
      await act(context, found);
    }
    return exit.ok;
  },
};
export default verb;

/** An entry of the spool, wherever it lies. */
interface Found {
  readonly queue: string;
  readonly name: Name;
  readonly path: string;
  /** The node that has it at work. */
  readonly node: string | undefined;
}

function* entriesOf(context: Context, queue: string): Generator<Found> {
  const { spool } = context;
  for (const file of listFolder(spool.waiting(queue))) {
    const name = parseName(file);
    if (name)
      yield {
        queue,
        name,
        path: join(spool.waiting(queue), file),
        node: undefined,
      };
  }
  for (const node of listFolder(spool.claimed(queue)))
    for (const file of listFolder(spool.claimed(queue, node))) {
      const name = parseName(file);
      if (name)
        yield {
          queue,
          name,
          path: join(spool.claimed(queue, node), file),
          node,
        };
    }
}

/** Characters of an id that tell its time: no less for what cannot be undone. */
const SURE = 9;

function find(context: Context, text: string): Found {
  const slash = text.lastIndexOf("/");
  const wanted = text.slice(slash + 1);
  if (wanted === "")
    throw new Failure(exit.usage, `"${text}" names no entry: give its id`);
  const found: Found[] = [];
  const { spool } = context;
  for (const queue of slash < 0 ? spool.queues() : [text.slice(0, slash)])
    for (const entry of entriesOf(context, queue))
      if (entry.name.id.startsWith(wanted)) found.push(entry);
  const [first, second] = found;
  if (!first)
    throw new Failure(
      exit.noInput,
      `no entry ${text} in the spool (it may be done by now)`,
    );
  if (second && second.name.id !== first.name.id)
    throw new Failure(
      exit.usage,
      `${text} is the beginning of several entries: ${found.map(({ name }) => name.id).join(", ")}`,
    );
  return first;
}

function waiting(found: Found): Found {
  if (found.node === undefined) return found;
  throw new Failure(
    exit.tryLater,
    `${found.name.id} is at work on ${found.node}; try again in a moment`,
  );
}

function envelopeOf(found: Found): Envelope {
  const read = readEnvelope(found.path);
  if (read.kind === "envelope") return read.envelope;
  return {
    sender: "",
    recipient: "",
    origin: "unknown",
    received: "",
    history: [],
  };
}

const actions: Record<
  string,
  (context: Context, found: Found) => Promise<void>
> = {
  async show(context, found) {
    const envelope = envelopeOf(found);
    const recipients = lines(join(found.path, "recipients"));
    const place = {
      queue: found.queue,
      entry: found.name.id,
      node: found.node,
      attempt: found.name.attempt,
      due: iso(found.name.due),
      path: found.path,
    };
    const size =
      statSync(join(found.path, "message"), { throwIfNoEntry: false })?.size ??
      0;
    if (context.json)
      return context.say(
        JSON.stringify({ ...place, size, envelope, recipients }, undefined, 1),
      );
    context.say(`${found.queue}/${found.name.id}\n  in ${found.path}`);
    context.say(
      `  ${found.node ? `at work on ${found.node}` : `due ${iso(found.name.due)}`}, attempt ${found.name.attempt}, ${size} bytes`,
    );
    context.say(formatEnvelope(envelope).trimEnd());
    if (recipients.length > 0) {
      const progress = lines(join(found.path, "progress"));
      context.say(
        `${recipients.length} recipients, ${progress.length} of them settled: ${recipients.slice(0, 5).join(" ")}${recipients.length > 5 ? " …" : ""}`,
      );
    }
    context.say("");
    if (size > 0)
      context.say(
        await headOf(join(found.path, "message"), Math.min(size, HEAD)),
      );
  },
  async retry(context, found) {
    const { queue, name, path } = waiting(found);
    if ((restingQueues as readonly string[]).includes(queue))
      throw new Failure(
        exit.usage,
        `${name.id} rests in ${queue}: use queue release`,
      );
    rename(context, path, queue, { ...name, due: now(context) });
    context.say(`${queue}/${name.id} is due now`);
  },
  async hold(context, found) {
    const { queue, name, path } = waiting(found);
    if (queue === "held")
      throw new Failure(exit.usage, `${name.id} is held already`);
    const envelope = envelopeOf(found);
    await note(
      context,
      path,
      { ...envelope, rest: envelope.rest ?? { queue } },
      "held",
    );
    rename(context, path, "held", name);
    await syncPath(context.spool.waiting("held"));
    context.say(`held/${name.id}`);
  },
  async release(context, found) {
    const { queue, name, path } = waiting(found);
    const envelope = envelopeOf(found);
    const to = envelope.rest?.queue;
    if (
      !(restingQueues as readonly string[]).includes(queue) ||
      to === undefined ||
      !isQueueName(to)
    )
      throw new Failure(
        exit.usage,
        `${name.id} is not held or failed: nothing to release`,
      );
    if (envelope.origin === "unknown")
      throw new Failure(
        exit.dataError,
        `${name.id} has lost its envelope: write sender, recipient, list and origin into ${join(path, "envelope.json")} first`,
      );
    const { rest, ...freed } = envelope;
    const passed = rest?.stage
      ? [...(envelope.passed ?? []), rest.stage]
      : envelope.passed;
    await note(
      context,
      path,
      { ...freed, ...(passed ? { passed } : {}) },
      "released",
    );
    rename(context, path, to, { ...name, due: now(context), attempt: 0 });
    await syncPath(context.spool.waiting(to));
    context.say(`${to}/${name.id} is due now`);
  },
  async drop(context, found) {
    const { queue, name, path } = waiting(found);
    // Out of the queue by one rename first: no runner can take half of it.
    const grave = join(
      context.spool.writing(queue),
      `${formatName(name)}.dropped`,
    );
    if (!move(path, grave))
      throw new Failure(exit.tryLater, `${name.id} was taken just now`);
    rmSync(grave, { recursive: true, force: true });
    context.say(`dropped ${queue}/${name.id}`);
  },
};

const HEAD = 16 * 1024;

/** The first lines of a message, harmless to a terminal. */
async function headOf(path: string, end: number): Promise<string> {
  const head = await bytes([{ path, start: 0, end }], HEAD);
  const lines = head.toString().split("\n").slice(0, 40);
  return lines.map((line) => oneLine(line.trimEnd())).join("\n");
}

async function note(
  context: Context,
  path: string,
  envelope: Envelope,
  what: "held" | "released",
): Promise<void> {
  const at = new Date(context.clock.now()).toISOString();
  const noted = withEvent(envelope, { at, where: "operator", what });
  try {
    await replace(join(path, "envelope.json"), formatEnvelope(noted));
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    throw new Failure(exit.tryLater, `${path} was taken just now`);
  }
}

function rename(
  context: Context,
  path: string,
  queue: string,
  name: Name,
): void {
  context.spool.make(queue);
  if (!move(path, join(context.spool.waiting(queue), formatName(name))))
    throw new Failure(exit.tryLater, `${name.id} was taken just now`);
  context.spool.ring(queue);
}

function list(context: Context, only: string | undefined): number {
  const { spool } = context;
  const queues = only === undefined ? spool.queues() : [only];
  if (only !== undefined && !spool.queues().includes(only))
    throw new Failure(
      exit.usage,
      `no queue "${only}"; there are: ${spool.queues().join(", ")}`,
    );
  const served = hookQueues(context);
  const rows = queues.flatMap((queue) =>
    [...entriesOf(context, queue)].map((found) => {
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
          : nextOf(queue, found.name, context, served),
        sender: envelope.sender,
        recipients:
          lines(join(found.path, "recipients")).length ||
          (envelope.recipient ? 1 : 0),
        error: last
          ? `${last.where}: ${last.reason ?? last.what}`
          : purpose(envelope),
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
  return extension === "digest-issue" ? "the alarm of the digest" : "";
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

function lines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").filter(Boolean);
  } catch (error) {
    // An entry without it, or one that a runner took just now.
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}

function now(context: Context): number {
  return Math.floor(context.clock.now() / 1000);
}
