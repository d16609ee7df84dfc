/**
 * What a person does to some recipients of a queue's entries: those of a domain, or one address. The
 * process is a node of the spool meanwhile, and first goes on with what dead nodes left.
 */
import { exit, Failure } from "../../base/errors.ts";
import { oneLine, plural } from "../../base/log.ts";
import type { Choice } from "../../engine/hand/choice.ts";
import { dismiss } from "../../engine/hand/dismiss.ts";
import { hasten } from "../../engine/hand/hasten.ts";
import type { Tools } from "../../engine/hand/hold.ts";
import type { Left } from "../../engine/hand/walk.ts";
import {
  canonicalDomain,
  domainKeyOf,
  fromLine,
  mailboxKeyOf,
} from "../../mail/address.ts";
import { mustBeThere } from "../../spool/enqueue.ts";
import {
  entriesOf,
  envelopeOf,
  mustBeQueue,
  mustWait,
  standInsOf,
} from "../../spool/operator.ts";
import { takeOver } from "../../spool/sweep.ts";
import { asNode } from "../asnode.ts";
import { type Context, noMore } from "../context.ts";
import { Meter } from "../meter.ts";

/** Entries at work that are named. */
const SHOWN = 5;

/** Options that say who is meant. */
export interface Who {
  readonly domain?: string | undefined;
  readonly recipient?: string | undefined;
  readonly list?: string | undefined;
}

/** `queue retry --domain D`. @param queues that were named */
export async function retrySome(
  context: Context,
  who: Who,
  queues: readonly string[],
): Promise<number> {
  noMore(queues, 1);
  const [queue = "outbound"] = queues;
  const choice = choiceOf(who);
  mustBeQueue(context.spool, queue);
  mustWait(queue);
  mustBeList(context, choice, [queue]);
  const done = await withHand(context, (tools) => hasten(tools, choice, queue));
  const { recipients, entries, divided } = done;
  const lines = [
    recipients === 0
      ? `${queue}: nobody of them is due now`
      : `${queue}: ${choice.words(recipients)} due now, in ${plural(entries, "entry", "entries")}`,
  ];
  if (divided > 0)
    lines.push(`${plural(divided, "entry was", "entries were")} divided`);
  return told(context, done, lines);
}

/** `queue drop --domain D`. */
export async function dropSome(context: Context, who: Who): Promise<number> {
  const choice = choiceOf(who);
  const queues = context.spool.queues();
  mustBeList(context, choice, queues);
  const done = await withHand(context, (tools) =>
    dismiss(tools, choice, queues),
  );
  const { recipients, entries, ended } = done;
  const lines = [
    recipients === 0
      ? "nobody of them waits"
      : `dropped ${choice.words(recipients)}, in ${plural(entries, "entry", "entries")}; nobody is told`,
  ];
  if (ended > 0)
    lines.push(`${plural(ended, "entry has", "entries have")} ended with it`);
  return told(context, done, lines);
}

/** Throws Failure where none, or more than one can be, is meant. */
function choiceOf({ domain, recipient, list }: Who): Choice {
  if (domain !== undefined && recipient !== undefined)
    throw new Failure(exit.usage, "--domain and --recipient: give one of them");
  const of = list === undefined ? {} : { list: list.toLowerCase() };
  if (recipient !== undefined) return { ...of, ...mailbox(recipient) };
  const name = canonicalDomain((domain ?? "").replace(/^@/, ""));
  if (name === undefined)
    throw new Failure(
      exit.usage,
      `--domain takes a domain, such as example.com, not "${oneLine(domain ?? "", 80)}"`,
    );
  return {
    ...of,
    has: (address) => domainKeyOf(address) === name,
    words: (count) => `${plural(count, "recipient", "recipients")} of ${name}`,
  };
}

function mailbox(text: string): Choice {
  const address = fromLine(text);
  if (address === undefined)
    throw new Failure(
      exit.usage,
      `--recipient takes an address, not "${oneLine(text, 80)}"`,
    );
  const key = mailboxKeyOf(address);
  return {
    has: (other) => mailboxKeyOf(other) === key,
    words: (count) => (count > 1 ? `${address} (${count} times)` : address),
  };
}

/** Throws Failure 67 where there is no such list, and nothing is left of one. */
function mustBeList(
  context: Context,
  { list }: Choice,
  queues: readonly string[],
): void {
  if (list === undefined || context.lists.names().includes(list)) return;
  for (const queue of queues)
    for (const found of entriesOf(context.spool, queue))
      for (const entry of standInsOf(found))
        if (envelopeOf(entry).list === list) return;
  context.list(list);
}

/** Does something as a node of the spool, after what dead nodes left was taken over. */
async function withHand<T>(
  context: Context,
  act: (tools: Tools) => Promise<T>,
): Promise<T> {
  const { site, spool, clock } = context;
  mustBeThere(spool);
  const meter = new Meter(clock, "recipient", "recipients");
  return asNode(context, "queue", meter, async (self) => {
    await takeOver(spool, self.node, clock.now(), self.log);
    return act({
      ...self,
      spool,
      clock,
      portion: site.outbound.portion,
      tell: (recipients) => meter.add(recipients),
    });
  });
}

/** Prints what was done. Throws Failure 75 where something was left alone. */
function told(
  { json, say }: Context,
  done: Left,
  lines: readonly string[],
): number {
  if (json) say(JSON.stringify(done, undefined, 1));
  else for (const line of lines) say(line);
  const left = done.busy.map(
    ({ queue, entry, node, recipients }) =>
      `${queue}/${entry} is at work on ${node} (${recipients} of them)`,
  );
  if (done.failed > 0)
    left.push(`${plural(done.failed, "entry was", "entries were")} left alone`);
  if (done.stopped) left.unshift("ended before all was looked at");
  if (left.length === 0) return exit.ok;
  throw new Failure(
    exit.tryLater,
    `${left.slice(0, SHOWN).join("; ")}${left.length > SHOWN ? "; …" : ""}; say it again in a moment`,
  );
}
