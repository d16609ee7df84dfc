/**
 * listmill queue: what waits where, and what a person may do with it.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, exit, Failure } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";
import { bytes } from "../base/pieces.ts";
import { type Envelope, formatEnvelope } from "../spool/envelope.ts";
import { type Name, parseName } from "../spool/name.ts";
import {
  drop,
  entriesOf,
  envelopeOf,
  type Found,
  find,
  hold,
  release,
  retry,
} from "../spool/operator.ts";
import { listFolder, restingQueues } from "../spool/spool.ts";
import { type Context, parse, type Verb } from "./context.ts";
import { hookQueues } from "./hookqueues.ts";
import { explain, gifts } from "./why.ts";

const verb: Verb = {
  usage: `\
queue [QUEUE]
    What waits in which queue, since when, the next try and the last error.
queue show ENTRY            the envelope, the recipients and the head of the message
queue show ENTRY --why ADDRESS
                            which hook gave this address, and what became of it; exit 67 where
                            nobody did
queue retry ENTRY...        try now
queue hold ENTRY...         lay it into held/ until it is released
queue release ENTRY...      let a held entry pass, or a failed one try again
queue drop ENTRY...         remove it for good
    ENTRY is an id as the list shows it, or the unique beginning of one.`,
  async run(context, args) {
    const { values, positionals } = parse(args, { why: { type: "string" } });
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
    if (values.why !== undefined) {
      const [entry = "", ...others] = entries;
      if (word !== "show" || others.length > 0)
        throw new Failure(exit.usage, "--why is for queue show and one entry");
      return explain(context, find(context.spool, entry), values.why);
    }
    for (const entry of entries) {
      const found = find(context.spool, entry);
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

/** Characters of an id that tell its time: no less for what cannot be undone. */
const SURE = 9;

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
    for (const { hook, addresses, bytes } of await gifts(found, envelope))
      context.say(`${hook} gave ${addresses} (${bytes} bytes)`);
    context.say("");
    if (size > 0)
      context.say(
        await headOf(join(found.path, "message"), Math.min(size, HEAD)),
      );
  },
  async retry({ spool, clock, say }, found) {
    await retry(spool, found, clock.now());
    say(`${found.queue}/${found.name.id} is due now`);
  },
  async hold({ spool, clock, say }, found) {
    await hold(spool, found, clock.now());
    say(`held/${found.name.id}`);
  },
  async release({ spool, clock, say }, found) {
    const queue = await release(spool, found, clock.now());
    say(`${queue}/${found.name.id} is due now`);
  },
  async drop({ spool, say }, found) {
    drop(spool, found);
    say(`dropped ${found.queue}/${found.name.id}`);
  },
};

const HEAD = 16 * 1024;

/** The first lines of a message, harmless to a terminal. */
async function headOf(path: string, end: number): Promise<string> {
  const head = await bytes([{ path, start: 0, end }], HEAD);
  const lines = head.toString().split("\n").slice(0, 40);
  return lines.map((line) => oneLine(line.trimEnd())).join("\n");
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
          lines(join(found.path, "recipients")).length ||
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
