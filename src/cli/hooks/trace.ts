/**
 * listmill hooks trace: the whole way of a message through the mill as a dry run, hook by hook.
 */
import { exit, Failure } from "../../base/errors.ts";
import { plural } from "../../base/log.ts";
import { bytes } from "../../base/pieces.ts";
import type { Follows } from "../../engine/foresight.ts";
import { obstacleIn } from "../../engine/layers.ts";
import { codes } from "../../engine/verdict.ts";
import type { Envelope } from "../../spool/envelope.ts";
import { type Context, parse } from "../context.ts";
import { hookQueues, mustHaveHooks } from "../hookqueues.ts";
import { detailsOf, printable, type Shown, shownOf, time } from "./shown.ts";
import { sampleOptions, Workshop } from "./workshop.ts";

export const usage = `\
hooks trace --list ADDRESS [--message FILE] [--sender ADDRESS] [--recipient ADDRESS] [--queue QUEUE]
    Takes a message (stdin, without a file) through the mill as a dry run, from incoming on until it
    would be delivered: a line a hook with its verdict and time, what it changed, and what would
    follow. Nothing is sent, nothing is written in the home; hooks that deliver or consume are not
    run. The exit code is that of the verdict that ended its way: 0, 75, 77, 80 or 81.`;

/** What waits for an MTA: its hooks only deliver. */
const outbound = "outbound";
/** Queues after which a message goes round in circles. */
const HOPS = 20;

interface Step extends Shown {
  readonly queue?: string;
  readonly at: string;
}

/** How the way of a message ends. */
type Ending =
  | Exclude<Follows, { kind: "reject" | "moves" }>
  | (Omit<Extract<Follows, { kind: "reject" }>, "told"> & {
      /** Who would be told of it, and what. */
      readonly told?: { readonly recipient: string; readonly text: string };
      /** Why nobody would be told. */
      readonly silence?: string;
    })
  | { readonly kind: "moves"; readonly queue: string };

export async function run(
  context: Context,
  args: readonly string[],
): Promise<number> {
  const { values, positionals } = parse(args, {
    ...sampleOptions,
    queue: { type: "string", default: "incoming" },
  });
  if (positionals.length > 0)
    throw new Failure(exit.usage, "hooks trace takes no hook; try takes one");
  const { queue } = values;
  return Workshop.with(context, async (shop) => {
    mustHaveHooks(hookQueues(context), queue);
    const file = await shop.keep(values.message);
    const envelope = await shop.envelope(file, values);
    const steps: Step[] = [];
    let at = "";
    const end = await trace(shop, envelope, file, queue, (step) => {
      if (context.json) return steps.push(step);
      if (step.at !== at) context.say(`${step.at}/`);
      at = step.at;
      for (const line of linesOf(step)) context.say(line);
    });
    if (context.json)
      context.say(JSON.stringify({ envelope, steps, end }, undefined, 1));
    else for (const line of endLines(end, envelope)) context.say(line);
    return codeOf(end);
  });
}

/** Takes a message from queue to queue. @param tell gets each hook as soon as it is through */
async function trace(
  shop: Workshop,
  envelope: Envelope,
  sample: string,
  start: string,
  tell: (step: Step) => void,
): Promise<Ending> {
  let queue = start;
  let file = sample;
  for (let hop = 0; hop < HOPS; hop += 1) {
    const pipeline = shop.pipeline(queue, envelope);
    const problem = obstacleIn(pipeline);
    if (problem !== undefined)
      return { kind: "later", where: queue, stage: queue, reason: problem };
    const trial = await shop.trial({ queue, envelope, file, observes: true });
    for await (const tried of trial.walk(pipeline))
      tell({ at: queue, ...(await shownOf(tried)) });
    const follows = await trial.follows();
    switch (follows.kind) {
      case "moves":
        queue = follows.queue;
        file = follows.file;
        if (queue === outbound) return { kind: "moves", queue };
        break;
      case "reject": {
        const { told, ...rest } = follows;
        if ("silence" in told) return { ...rest, silence: told.silence };
        const text = (await bytes(told.content, NOTICE)).toString();
        const { recipient } = told.envelope;
        return { ...rest, told: { recipient, text } };
      }
      default:
        return follows;
    }
  }
  const reason = `it went through ${HOPS} queues and is routed on still`;
  return { kind: "later", where: queue, stage: queue, reason };
}

/** Bytes of a notice that are kept. */
const NOTICE = 16 * 1024;

function linesOf(step: Step): string[] {
  const name = step.hook.slice(step.at.length + 1).padEnd(WIDTH);
  if (!step.asked) return [`  ${name} -        ${step.why}`];
  const { verdict = "later", reason, observed, milliseconds = 0 } = step;
  const word = observed ? `observed, would be ${verdict}` : verdict;
  const why = reason ? `: ${printable(reason)}` : "";
  const first = `  ${name} ${word.padEnd(8)} ${time(milliseconds).padStart(8)}`;
  const said = step.stderr?.trimEnd() || (step.log ?? []).join("\n");
  const shown = said === "" || said === reason ? [] : said.split("\n");
  return [
    first + why,
    ...[...detailsOf(step), ...shown.slice(0, SAID).map(printed)].map(
      (line) => `      ${line}`,
    ),
  ];
}

/** Characters that a stage and a hook mostly take. */
const WIDTH = 38;
/** Lines of what a hook said that are shown. */
const SAID = 5;

function printed(line: string): string {
  return `says ${printable(line)}`;
}

function endLines(end: Ending, envelope: Envelope): string[] {
  switch (end.kind) {
    case "moves":
      return [
        `It would be delivered to ${printable(envelope.recipient)} as it is.`,
      ];
    case "spreads":
      return [
        `It would go to ${plural(end.recipients, "recipient", "recipients")}, by way of ${outbound}.`,
      ];
    case "nothing":
      return ["It would be done with."];
    case "later":
      return [`It would wait: ${end.where}: ${printable(end.reason)}`];
    case "hold":
      return [`It would be held by ${end.where}: ${printable(end.reason)}`];
    case "discard":
      return [
        `It would be discarded by ${end.where}: ${printable(end.reason)}`,
      ];
    case "reject":
      return [
        `It would be rejected by ${end.where}: ${printable(end.reason)}`,
        ...(end.told
          ? [
              `${printable(end.told.recipient)} would be told:`,
              ...letterOf(end.told.text).map(
                (line) => `    ${printable(line)}`,
              ),
            ]
          : [`Nobody would be told: ${end.silence}.`]),
      ];
  }
}

/** The part of a notice that is for people to read. */
function letterOf(text: string): string[] {
  const lines = text.split("\n");
  const boundary = lines.findIndex((line) => line.startsWith("--"));
  const start = lines.indexOf("", Math.max(boundary, 0)) + 1;
  const end = lines.findIndex(
    (line, at) => at > start && line.startsWith("--"),
  );
  const subject = lines.find((line) => /^subject:/i.test(line));
  const letter = lines.slice(start, end < 0 ? undefined : end);
  while (letter.at(-1)?.trim() === "") letter.pop();
  return [...(subject ? [subject, ""] : []), ...letter].slice(0, 30);
}

function codeOf(end: Ending): number {
  return end.kind in codes ? codes[end.kind as keyof typeof codes] : exit.ok;
}
