/**
 * listmill queue: what waits where, and what a person may do with it.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { linesOfFile } from "../base/lines.ts";
import { oneLine, plural } from "../base/log.ts";
import { bytes } from "../base/pieces.ts";
import { formatEnvelope } from "../spool/envelope.ts";
import {
  drop,
  envelopeOf,
  type Found,
  find,
  hold,
  release,
  retry,
  retryAll,
} from "../spool/operator.ts";
import { actionOf } from "./actions.ts";
import { type Context, parse, type Verb } from "./context.ts";
import { countLines, isGone, iso, list } from "./waiting.ts";
import { explain, gifts } from "./why.ts";

const verb: Verb = {
  usage: `\
queue [QUEUE]
    What waits in which queue, since when, the next try and the last error.
queue show ENTRY            the envelope, the recipients and the head of the message
queue show ENTRY --why ADDRESS
                            which hook gave this address, and what became of it; exit 67 where
                            nobody did
queue retry ENTRY|QUEUE...  try now; of a queue all that waits
queue hold ENTRY...         lay it into held/ until it is released
queue release ENTRY...      let a held entry pass, or a failed one try again
queue drop ENTRY...         remove it for good
    ENTRY is an id as the list shows it, or the unique beginning of one.`,
  async run(context, args) {
    const { values, positionals } = parse(args, { why: { type: "string" } });
    const [word, ...entries] = positionals;
    if (values.why !== undefined && (word !== "show" || entries.length !== 1))
      throw new Failure(exit.usage, "--why is for queue show and one entry");
    const act = actionOf(actions, word);
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
    if (values.why !== undefined)
      return explain(
        context,
        find(context.spool, entries[0] ?? ""),
        values.why,
      );
    for (const entry of entries) {
      if (word === "retry" && context.spool.queues().includes(entry)) {
        await retryQueue(context, entry);
        continue;
      }
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
    const recipients = join(found.path, "recipients");
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
        JSON.stringify(
          { ...place, size, envelope, recipients: lines(recipients) },
          undefined,
          1,
        ),
      );
    context.say(`${found.queue}/${found.name.id}\n  in ${found.path}`);
    context.say(
      `  ${found.node ? `at work on ${found.node}` : `due ${iso(found.name.due)}`}, attempt ${found.name.attempt}, ${size} bytes`,
    );
    context.say(formatEnvelope(envelope).trimEnd());
    const count = countLines(recipients);
    if (count > 0) {
      const settled = countLines(join(found.path, "progress"));
      const first = (await Array.fromAsync(firstOf(recipients, 5))).join(" ");
      context.say(
        `${count} recipients, ${settled} of them settled: ${first}${count > 5 ? " …" : ""}`,
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

async function retryQueue(
  { spool, clock, say }: Context,
  queue: string,
): Promise<void> {
  const count = await retryAll(spool, queue, clock.now());
  say(`${queue}: ${plural(count, "entry is", "entries are")} due now`);
}

const HEAD = 16 * 1024;

/** The first lines of a message, harmless to a terminal. */
async function headOf(path: string, end: number): Promise<string> {
  const head = await bytes([{ path, start: 0, end }], HEAD);
  const lines = head.toString().split("\n").slice(0, 40);
  return lines.map((line) => oneLine(line.trimEnd())).join("\n");
}

async function* firstOf(path: string, most: number): AsyncGenerator<string> {
  let count = 0;
  for await (const line of linesOfFile(path)) {
    yield line;
    count += 1;
    if (count === most) return;
  }
}

/** All lines of a file of an entry; none where it has no such file. */
function lines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").filter(Boolean);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}
