/**
 * listmill queue: what waits where, and what a person may do with it.
 */
import { exit, Failure } from "../base/errors.ts";
import { oneLine, plural } from "../base/log.ts";
import {
  drop,
  type Found,
  find,
  hold,
  release,
  retry,
  retryAll,
} from "../spool/operator.ts";
import { actionOf } from "./actions.ts";
import { type Context, noMore, parse, type Verb } from "./context.ts";
import { Meter } from "./meter.ts";
import { hasShape, shapeOf } from "./queue/shape.ts";
import { show } from "./queue/show.ts";
import { showShape } from "./queue/shown.ts";
import { dropSome, retrySome, type Who } from "./queue/some.ts";
import { list } from "./waiting.ts";
import { explain } from "./why.ts";

const verb: Verb = {
  usage: `\
queue [QUEUE] [--entries]
    What waits in which queue, since when, the next try and the last error. Of a queue of
    distribution lists, such as outbound: how many recipients wait, by domain, age of the post and
    last reply; --entries lists its entries.
queue show ENTRY            the envelope, the recipients and the head of the message
queue show ENTRY --why ADDRESS
                            which hook gave this address, and what became of it; exit 67 where
                            nobody did
queue retry ENTRY|QUEUE...  try now; of a queue all that waits, but what was not tried yet and has no
                            distribution list keeps its time, as a digest's alarm does
queue retry --domain DOMAIN | --recipient ADDRESS [--list LIST] [QUEUE]
                            try these recipients now (of outbound, without a name); the others in
                            their entries wait on
queue hold ENTRY...         lay it into held/ until it is released
queue release ENTRY...      let a held entry pass, or a failed one try again
queue drop ENTRY...         remove it for good
queue drop --domain DOMAIN | --recipient ADDRESS [--list LIST]
                            these recipients do not get what waits for them, and nobody is told;
                            posts whose recipients are not known yet are left alone
    ENTRY is an id as the list shows it, or the unique beginning of one. What a runner has at work
    is left alone: exit 75, say it again.`,
  async run(context, args) {
    const { values, positionals } = parse(args, {
      why: { type: "string" },
      entries: { type: "boolean", default: false },
      domain: { type: "string" },
      recipient: { type: "string" },
      list: { type: "string" },
    });
    const [word, ...entries] = positionals;
    if (values.why !== undefined && (word !== "show" || entries.length !== 1))
      throw new Failure(exit.usage, "--why is for queue show and one entry");
    const act = actionOf(actions, word);
    if (act && values.entries)
      throw new Failure(exit.usage, `queue ${word} takes no --entries`);
    if (isSome(values)) return some(context, word, values, entries);
    if (!act || word === undefined) {
      if (entries.length > 0)
        throw new Failure(
          exit.usage,
          `unknown action "${word}"; see: listmill help queue`,
        );
      return look(context, word, values.entries);
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

function isSome({ domain, recipient, list }: Who): boolean {
  return [domain, recipient, list].some((value) => value !== undefined);
}

/** Recipients, wherever they wait, instead of entries. */
async function some(
  context: Context,
  word: string | undefined,
  who: Who,
  rest: readonly string[],
): Promise<number> {
  if (who.domain === undefined && who.recipient === undefined)
    throw new Failure(exit.usage, "--list goes with --domain or --recipient");
  if (word === "retry") return retrySome(context, who, rest);
  if (word !== "drop")
    throw new Failure(
      exit.usage,
      "--domain and --recipient are for queue retry and queue drop",
    );
  noMore(rest, 0);
  return dropSome(context, who);
}

/** @param entries whether they are listed one by one */
async function look(
  context: Context,
  queue: string | undefined,
  entries: boolean,
): Promise<number> {
  if (entries && queue === undefined)
    throw new Failure(exit.usage, "--entries: of which queue?");
  if (queue === undefined || entries || !hasShape(context.spool, queue))
    return list(context, queue);
  const meter = new Meter(context.clock, "recipient", "recipients");
  const shape = await shapeOf(context.spool, queue, context.clock, (more) =>
    meter.add(more),
  );
  meter.wipe();
  for (const what of shape.unread)
    process.stderr.write(`listmill: ${oneLine(what)}\n`);
  await showShape(context, queue, shape);
  return exit.ok;
}

/** Characters of an id that tell its time: no less for what cannot be undone. */
const SURE = 9;

const actions: Record<
  string,
  (context: Context, found: Found) => Promise<void>
> = {
  show,
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
