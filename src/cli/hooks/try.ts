/**
 * listmill hooks try: one hook on one message, asked as the mill would ask it, and all that it said.
 */
import { mkdirSync, statSync, symlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { exit, Failure } from "../../base/errors.ts";
import { linesOfFile } from "../../base/lines.ts";
import { HOUR } from "../../base/units.ts";
import {
  type Hook,
  isObserved,
  listPipeline,
  type Pipeline,
  type Stage,
} from "../../engine/layers.ts";
import { answerOf, type Outcome } from "../../engine/question.ts";
import { acts } from "../../engine/trial.ts";
import { codes } from "../../engine/verdict.ts";
import { isQueueName } from "../../spool/name.ts";
import { type Context, parse } from "../context.ts";
import {
  detailsOf,
  meaningOf,
  printable,
  type Shown,
  shownOf,
  time,
} from "./shown.ts";
import { type Addressing, sampleOptions, Workshop, whole } from "./workshop.ts";

export const usage = `\
hooks try HOOK --list ADDRESS [--message FILE] [--sender ADDRESS] [--recipient ADDRESS]
          [--recipients FILE] [--stage QUEUE/NN-verb] [--really]
    Asks one hook about a message (stdin, without a file) as the mill would, and shows its verdict,
    what it changed and all that it printed. HOOK is posts/20-edit/30-footer as the list shows it,
    or a file that lies in no home yet, with --stage. The sender is the author of the message if
    none is given. Hooks that refine or deliver take their addresses from --recipients. What delivers
    or consumes acts on the world, so it is run only with --really. Nothing is written in the home.
    The exit code is that of the verdict: 0, 75, 77, 80, 81 or 99; what could not be tried ends with
    64 to 69 or 78.`;

/** A hook with its stage. */
interface Chosen {
  readonly queue: string;
  readonly stage: Stage;
  readonly hook: Hook;
}

export async function run(
  context: Context,
  args: readonly string[],
): Promise<number> {
  const { values, positionals } = parse(args, {
    ...sampleOptions,
    recipients: { type: "string" },
    stage: { type: "string" },
    really: { type: "boolean", default: false },
  });
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0)
    throw new Failure(
      exit.usage,
      "hooks try takes one hook, such as posts/20-edit/30-footer",
    );
  return Workshop.with(context, async (shop) => {
    const file = await shop.keep(values.message);
    const result = await attempt(shop, {
      ...values,
      file,
      choose: (pipelineOf) =>
        values.stage === undefined
          ? known(shop, name, pipelineOf)
          : fresh(shop, name, values.stage),
    });
    if (context.json) context.say(JSON.stringify(result, undefined, 1));
    else for (const line of linesOf(result)) context.say(line);
    return codes[result.verdict ?? "later"];
  });
}

interface Attempt extends Addressing {
  readonly file: string;
  readonly recipients?: string | undefined;
  readonly really: boolean;
  choose(pipelineOf: (queue: string) => Pipeline): Chosen;
}

/** What came of it, with the outcomes of a delivery. */
export type Result = Shown & { readonly outcomes?: readonly Outcome[] };

/** Asks the hook. */
export async function attempt(shop: Workshop, given: Attempt): Promise<Result> {
  const envelope = await shop.envelope(given.file, given);
  const { queue, stage, hook } = given.choose((queue) =>
    shop.pipeline(queue, envelope),
  );
  const { verb } = stage;
  if (acts(verb) && !given.really)
    throw new Failure(
      exit.usage,
      `${hook.path}: a hook that ${verb}s does something to the world, even in a trial; if that may be, add --really`,
    );
  const listed = given.recipients;
  if ((verb === "refine" || verb === "deliver") && listed === undefined)
    throw new Failure(
      exit.usage,
      `${hook.path}: ${verb} is asked about addresses: give a file of them, one a line, with --recipients`,
    );
  if (listed !== undefined && !statSync(listed, { throwIfNoEntry: false }))
    throw new Failure(exit.noInput, `${listed}: there is no such file`);
  const trial = await shop.trial({
    queue,
    envelope,
    file: given.file,
    observes: false,
    really: given.really,
    ...(verb === "deliver" && listed !== undefined
      ? { recipients: whole(listed) }
      : {}),
  });
  if (verb === "refine" && listed !== undefined)
    await trial.pass.distribution.take(
      answerOf(linesOfFile(listed), "recipients"),
      "append",
      "--recipients",
      HOUR,
    );
  const alone = {
    queue,
    stages: [{ ...stage, hooks: [hook] }],
    problems: [],
    ignored: [],
  };
  for await (const tried of trial.walk(alone, given.really)) {
    const shown = await shownOf(tried);
    const served = shop.said
      .filter((said) => said.hook === hook.path)
      .map(({ line }) => line);
    return {
      ...shown,
      log: [...(shown.log ?? []), ...served],
      ...(verb === "deliver" ? { outcomes: trial.pass.serving.outcomes } : {}),
    };
  }
  throw new Failure(exit.software, `${hook.path}: it was not asked`);
}

/** A hook of the home, by its path; or by its file, where that lies in a folder of a stage. */
function known(
  shop: Workshop,
  name: string,
  pipelineOf: (queue: string) => Pipeline,
): Chosen {
  const [queue = "", stageName = "", ...rest] = name.split("/");
  if (isQueueName(queue) && rest.length === 1) {
    const { stages, problems, ignored } = pipelineOf(queue);
    for (const stage of stages)
      for (const hook of stage.hooks)
        if (isObserved(hook, [name])) return { queue, stage, hook };
    const trouble = [...problems, ...ignored].find((text) =>
      text.includes(`/${name}`),
    );
    if (trouble) throw new Failure(exit.config, trouble);
    // A folder that is refused hides its hooks.
    const [problem] = problems;
    if (problem && !statSync(name, { throwIfNoEntry: false }))
      throw new Failure(
        exit.config,
        `${name} is not among the hooks that may run: ${problem}`,
      );
  }
  const stage = dirname(resolve(name));
  if (statSync(name, { throwIfNoEntry: false })?.isFile())
    return fresh(shop, name, `${basename(dirname(stage))}/${basename(stage)}`);
  throw new Failure(
    exit.noInput,
    stageName && rest.length === 1
      ? `there is no hook ${name}; see: listmill hooks ${isQueueName(queue) ? queue : ""}`.trimEnd()
      : `${name} is no hook; they are called QUEUE/NN-verb/NN-name, see: listmill hooks`,
  );
}

/** A file that lies in no home, as if it lay in the stage. */
function fresh(shop: Workshop, name: string, where: string): Chosen {
  const file = resolve(name);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new Failure(exit.noInput, `${name}: there is no such file`);
  const [queue = "", stageName = "", ...rest] = where.split("/");
  if (!isQueueName(queue) || !stageName || rest.length > 0)
    throw new Failure(
      exit.usage,
      `${name}: which stage? Give --stage QUEUE/NN-verb, such as posts/20-edit`,
    );
  const dir = join(shop.scratch.entry(), "hooks.d");
  const folder = join(dir, queue, stageName);
  mkdirSync(folder, { recursive: true });
  symlinkSync(file, join(folder, basename(file)));
  const { stages, problems, ignored } = listPipeline(queue, [
    { name: "site", dir },
  ]);
  const [stage] = stages;
  const [hook] = stage?.hooks ?? [];
  if (!stage || !hook) {
    const [trouble = `${name} is no hook`] = [...problems, ...ignored];
    const told = trouble.replaceAll(join(folder, basename(file)), file);
    const cure = told.endsWith(": not executable") ? " (chmod +x)" : "";
    throw new Failure(exit.config, told + cure);
  }
  return { queue, stage, hook: { ...hook, file } };
}

/** The result for a person. */
export function linesOf(result: Result): string[] {
  const { verdict = "later", reason, log = [] } = result;
  const lines = [
    `${result.hook}  (${result.layer}, ${result.how})  ${time(result.milliseconds ?? 0)}`,
    `${verdict}${reason ? `: ${printable(reason)}` : ""}  (${codes[verdict]}: ${meaningOf(verdict)})`,
    ...indented(detailsOf(result)),
  ];
  for (const { address, kind, reply } of result.outcomes ?? [])
    lines.push(`    ${printable(`${address} ${kind} ${reply}`)}`);
  for (const [name, text] of [
    ["stdout", result.stdout],
    ["stderr", result.stderr],
    ["log", log.join("\n")],
  ])
    if (text) lines.push(`${name}:`, ...indented(text.trimEnd().split("\n")));
  return lines;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${printable(line)}`.trimEnd());
}
