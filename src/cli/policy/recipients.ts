/**
 * Who would get a post to another list: what its recipients hooks give, asked in a workshop. For
 * lists whose members are lists.
 */
import { exit, Failure } from "../../base/errors.ts";
import { oneByOne } from "../../engine/question.ts";
import type { Context } from "../context.ts";
import type { Workshop } from "../hooks/workshop.ts";

/** Throws a Failure where not all of them could be had. */
export async function* recipientsOf(
  context: Context,
  shop: Workshop,
  address: string,
): AsyncGenerator<string> {
  const list = context.list(address);
  async function* sample() {
    yield Buffer.from(`To: ${list.address}\n\n`);
  }
  const file = await shop.keepContent(sample());
  const envelope = await shop.envelope(file, { list: list.address });
  const trial = await shop.trial({
    queue: "posts",
    envelope,
    file,
    observes: true,
  });
  const pipeline = shop.pipelineOf("posts", list);
  const [problem] = pipeline.problems;
  if (problem) throw new Failure(exit.config, `${address}: ${problem}`);
  const stages = pipeline.stages.filter(({ verb }) => verb === "recipients");
  for await (const _ of trial.walk({ ...pipeline, stages }));
  if (trial.end.kind !== "done")
    throw new Failure(
      exit.tryLater,
      `${address}: its recipients cannot be told: ${trial.end.reason}`,
    );
  yield* oneByOne(trial.pass.distribution.addresses());
}
