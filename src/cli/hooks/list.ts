/**
 * listmill hooks: what will run, from which layer, and how.
 */
import { exit } from "../../base/errors.ts";
import { isObserved, listPipeline } from "../../engine/layers.ts";
import { layersOf } from "../../mill.ts";
import { type Context, parse } from "../context.ts";
import { hookQueues, mustHaveHooks } from "../hookqueues.ts";

export const usage = `\
hooks [QUEUE] [--list ADDRESS]
    The hooks that run on a message, in their order: the layer that each comes from (package,
    site, domain or list) and how it is run. With --list those of one list.`;

export async function run(
  context: Context,
  args: readonly string[],
): Promise<number> {
  const { values, positionals } = parse(args, { list: { type: "string" } }, 1);
  const list =
    values.list === undefined ? undefined : context.list(values.list);
  const known = hookQueues(context);
  const [only] = positionals;
  if (only !== undefined) mustHaveHooks(known, only);
  const observe = [
    ...context.site.hooks.observe,
    ...(list?.settings.observe ?? []),
  ];
  const pipelines = (only ? [only] : known).map((queue) =>
    listPipeline(queue, layersOf(context.site, list)),
  );
  const rows = pipelines.flatMap(({ stages }) =>
    stages.flatMap(({ hooks }) =>
      hooks.map((hook) => ({
        hook: hook.path,
        layer: hook.layer,
        how: isObserved(hook, observe) ? `${hook.how}, observed` : hook.how,
        file: hook.file,
      })),
    ),
  );
  context.table(["hook", "layer", "how", "file"], rows);
  for (const { problems, ignored } of pipelines) {
    for (const problem of problems)
      process.stderr.write(`refused: ${problem}\n`);
    for (const file of ignored) process.stderr.write(`ignored: ${file}\n`);
  }
  return pipelines.some(({ problems }) => problems.length > 0)
    ? exit.config
    : exit.ok;
}
