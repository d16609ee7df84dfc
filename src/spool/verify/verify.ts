/**
 * A look over a whole spool: each entry of each queue once, then what was met twice. Runners may live
 * meanwhile: what they have at work is counted and left to them.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { exit, Failure } from "../../base/errors.ts";
import { plural } from "../../base/log.ts";
import { isQueueName } from "../name.ts";
import { isOfNodes } from "../nodes.ts";
import { frontDoor } from "../queue.ts";
import { isResting, type Spool } from "../spool.ts";
import { MOVE, may } from "./account.ts";
import { lookAt } from "./entry.ts";
import { tellStranger } from "./meeting.ts";
import { notFor } from "./parts.ts";
import { isQueue, lookOverQueue } from "./queue.ts";
import { settleDoubles, settleExploded } from "./settling.ts";
import { namesIn } from "./stream.ts";
import { type Given, Survey } from "./survey.ts";

export interface Seen {
  readonly entries: number;
  readonly queues: number;
  /** Entries that living nodes have at work, which were not looked at. */
  readonly atWork: number;
}

/** Throws Failure 75 where a person wants it to end, and Fenced where its lease is lost. */
export async function verify(given: Given): Promise<Seen> {
  const survey = new Survey(given);
  const queues = await queuesOf(survey);
  for (const queue of queues) await lookOverQueue(survey, queue);
  await settleDoubles(survey, queues);
  await settleExploded(survey, queues);
  await takeOver(survey);
  const { entries, atWork } = survey;
  return { entries, queues: queues.length, atWork };
}

/**
 * A folder without any part of a queue may be where a file system is to be mounted: nothing is made
 * there. Throws Failure 75.
 */
export function mustBeMounted(spool: Spool): void {
  const folder = join(spool.root, frontDoor);
  const parts = [...namesIn(folder)].map(({ name }) => name);
  if (["tmp", "new", "cur"].some((part) => parts.includes(part))) return;
  throw new Failure(
    exit.tryLater,
    `${folder}: there is no queue in this folder; mount it, or make it with: listmill init`,
  );
}

/** First those where entries rest, into which others are laid later: so each is met once. */
async function queuesOf(survey: Survey): Promise<string[]> {
  const { spool, account, report } = survey.given;
  const queues: string[] = [];
  for (const found of namesIn(spool.root)) {
    const { name } = found;
    const path = join(spool.root, name);
    if (name === "nodes" || name === "README.md") continue;
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isDirectory() || !isQueueName(name))
      await tellStranger(survey, path);
    else if (!may(account, path, stat, MOVE))
      await report.wrong("unreachable", path, notFor(account, stat));
    else if (isQueue(path)) queues.push(name);
    else await tellStranger(survey, path);
  }
  for (const { name } of namesIn(spool.nodes()))
    if (!isOfNodes(name)) await tellStranger(survey, join(spool.nodes(), name));
  return queues.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function rank(queue: string): number {
  return queue === "failed" ? 0 : isResting(queue) ? 1 : 2;
}

/**
 * After doubles are laid aside: a takeover changes names, which tell what is further, and a double may
 * have the name that it needs.
 */
async function takeOver(survey: Survey): Promise<void> {
  const { spool, report } = survey.given;
  for (const { queue, node, count } of survey.dead) {
    const folder = spool.claimed(queue, node);
    const what = `${plural(count, "entry", "entries")} of a node that is dead`;
    const { done, trouble } = await survey.act((hand) =>
      hand.takeOver(queue, node, (entry) => {
        const { state, troubles, strangers } = lookAt(survey.given, entry);
        return (
          state === "committed" &&
          !isResting(queue) &&
          troubles.length + strangers.length === 0
        );
      }),
    );
    if (trouble === undefined)
      await report.note("dead-claims", folder, what, done);
    else await report.wrong("stuck-claims", folder, `${what}; ${trouble}`);
  }
}
