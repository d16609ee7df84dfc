/**
 * The queues that have hooks, in any layer of the home: those that a runner can run.
 */
import { join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { isSetUp } from "../lists/consumers.ts";
import { layersOf } from "../mill.ts";
import { isQueueName } from "../spool/name.ts";
import { listFolder, restingQueues } from "../spool/spool.ts";
import type { Context } from "./context.ts";
import { isDoor } from "./doors.ts";

/** Throws a Failure where a queue is none of those that have hooks. */
export function mustHaveHooks(known: readonly string[], queue: string): void {
  if (known.includes(queue)) return;
  throw new Failure(
    exit.usage,
    `no queue "${queue}" has hooks; there are: ${known.join(", ")}`,
  );
}

/** What is said of queues that the section of a host names and that have no hooks yet. */
export function passedOver(
  known: readonly string[],
  host: string,
  queues: readonly string[],
): string[] {
  return queues
    .filter((queue) => !isDoor(queue) && !known.includes(queue))
    .map(
      (queue) =>
        `listmill.toml: node.${host}.queues: no queue "${queue}" has hooks; it is passed over`,
    );
}

/** In the order of a message's way: the mill's own queues first, others by name. */
export function hookQueues(context: Context): string[] {
  const lists = join(context.site.home, "lists");
  const folders = [
    ...layersOf(context.site, undefined).map(({ dir }) => dir),
    ...listFolder(lists).map((name) => join(lists, name, "hooks.d")),
  ];
  const found = new Set(
    folders.flatMap((folder) => listFolder(folder)).filter(isQueueName),
  );
  for (const queue of restingQueues) found.delete(queue);
  for (const queue of found)
    if (!isSetUp(context.site, queue)) found.delete(queue);
  const way = [
    "incoming",
    "posts",
    "outbound",
    "owner",
    "commands",
    "moderators",
    "bounces",
    "archive",
    "digest",
  ];
  const rank = (queue: string) => way.indexOf(queue) + 1 || way.length + 1;
  return [...found]
    .filter((queue) =>
      folders.some((folder) => listFolder(join(folder, queue)).length > 0),
    )
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
