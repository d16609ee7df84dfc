/**
 * listmill replay: what the hooks of a stage would have said to mail that is in the archive. Posts
 * are read one after the other, so memory is flat; nothing is sent, and nothing of the home is
 * written.
 */
import { join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import type { Pipeline } from "../engine/layers.ts";
import { acts } from "../engine/trial.ts";
import { parseDate } from "../mail/date.ts";
import { authorOf } from "../mail/message.ts";
import { isQueueName } from "../spool/name.ts";
import { type Context, parse, type Verb } from "./context.ts";
import { Workshop } from "./hooks/workshop.ts";
import { type Post, postsOf, spanOf } from "./replay/posts.ts";
import { Telling } from "./replay/telling.ts";

const verb: Verb = {
  usage: `\
replay --list ADDRESS --from-archive MONTHS --stage QUEUE/NN-verb [--all]
    Asks the hooks of a stage about posts of the archive, in order, as the mill would: a line for
    each verdict but "pass", or with --all for each, and the totals. MONTHS is 2026-01, 2026 or
    2026-01..2026-03. Archived posts are as they went out: edited, and with the List-* header.
    Nothing is sent. Hooks that refine, deliver or consume are not replayed.`,
  async run(context, args) {
    const { values, positionals } = parse(args, {
      list: { type: "string" },
      "from-archive": { type: "string" },
      stage: { type: "string" },
      all: { type: "boolean", default: false },
    });
    const { stage, "from-archive": months } = values;
    if (positionals.length > 0 || !stage || !months)
      throw new Failure(
        exit.usage,
        "replay takes --list, --from-archive and --stage; see: listmill help replay",
      );
    const list = context.list(values.list);
    const span = spanOf(months);
    const folder = join(context.site.home, "archive", list.address);
    let posts = 0;
    for (const _ of postsOf(folder, span)) posts += 1;
    if (posts === 0)
      throw new Failure(
        exit.noInput,
        `the archive of ${list.address} has no posts of ${months}`,
      );
    await Workshop.with(context, async (shop) => {
      const pipeline = await pipelineOf(context, shop, list.address, stage);
      const telling = new Telling(context, posts, values.all);
      for (const post of postsOf(folder, span)) {
        await replay(shop, pipeline, list.address, post, telling);
        telling.through(context.clock.now());
      }
      telling.end();
    });
    return exit.ok;
  },
};
export default verb;

/** A pipeline of this stage alone. */
async function pipelineOf(
  context: Context,
  shop: Workshop,
  list: string,
  where: string,
): Promise<Pipeline> {
  const [queue = "", name = "", ...more] = where.split("/");
  if (!isQueueName(queue) || name === "" || more.length > 0)
    throw new Failure(
      exit.usage,
      `--stage takes QUEUE/NN-verb, such as posts/10-approve, not "${where}"`,
    );
  const { stages, problems } = shop.pipelineOf(queue, context.list(list));
  const [problem] = problems;
  if (problem !== undefined) throw new Failure(exit.config, problem);
  const stage = stages.find((stage) => stage.name === name);
  if (!stage)
    throw new Failure(
      exit.noInput,
      `there is no stage ${where}; ${queue} has ${stages.map((stage) => stage.name).join(", ") || "no hooks"}`,
    );
  if (acts(stage.verb) || stage.verb === "refine")
    throw new Failure(
      exit.usage,
      `${where}: hooks that ${stage.verb} are not replayed: ${stage.verb === "refine" ? "they are asked about a list of addresses, not about mail" : "they do something to the world"}`,
    );
  return { queue, stages: [stage], problems: [], ignored: [] };
}

async function replay(
  shop: Workshop,
  pipeline: Pipeline,
  list: string,
  { number, file }: Post,
  telling: Telling,
): Promise<void> {
  const { queue } = pipeline;
  const blank = { number, date: "", from: "", subject: "", observed: false };
  let trial: Awaited<ReturnType<Workshop["trial"]>>;
  try {
    const envelope = await shop.envelope(file, { list });
    trial = await shop.trial({ queue, envelope, file, observes: true });
  } catch (error) {
    if (!(error instanceof Failure) || error.exitCode !== exit.dataError)
      throw error;
    const reason = error.message;
    telling.say({ ...blank, hook: "", verdict: "unreadable", reason });
    return;
  }
  const { header } = trial.pass.message;
  const about = {
    number,
    date: parseDate(header.get("Date") ?? "")?.toISOString() ?? "",
    from: authorOf(header) ?? "",
    subject: header.text("Subject"),
  };
  for await (const tried of trial.walk(pipeline)) {
    if (!tried.asked) continue;
    const { hook, observed, verdict } = tried;
    telling.say({
      ...about,
      hook: hook.path,
      observed,
      verdict: verdict.kind,
      reason: "reason" in verdict ? verdict.reason : "",
    });
  }
  trial.remove();
}
