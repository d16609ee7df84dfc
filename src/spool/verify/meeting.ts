/** One entry on the way through a queue: what is told of it, and what is done. */
import { lstatSync } from "node:fs";
import { basename, join } from "node:path";
import type { Claim } from "../claim.ts";
import { readEnvelope } from "../envelope.ts";
import { freshName, isQueueName, parseChildName } from "../name.ts";
import { isKept } from "../nfs.ts";
import type { Found } from "../operator.ts";
import { isResting } from "../spool.ts";
import { type Look, lookAt } from "./entry.ts";
import type { Trouble } from "./finding.ts";
import type { Lying } from "./hand.ts";
import type { Survey } from "./survey.ts";

const RESTS = "it rests in failed/ until a person decides";

/** @param found an entry that is not at work on a living node */
export async function meetEntry(survey: Survey, found: Found): Promise<void> {
  const { given } = survey;
  const look = lookAt(given, found);
  if (look.state === "gone") return;
  survey.count();
  remember(survey, found, look);
  for (const file of look.strangers)
    await tellStranger(survey, join(found.path, file));
  if (look.state === "empty") return tellEmpty(survey, found);
  if (look.troubles.length === 0) return;
  if (found.queue === "failed") {
    for (const { kind, file, what } of look.troubles)
      await given.report.note(
        kind,
        join(found.path, file),
        what,
        undefined,
        RESTS,
      );
    return;
  }
  const dones = await putRight(survey, found, look);
  // Without an act, a runner may have been at it.
  const troubles = dones ? look.troubles : lookAt(given, found).troubles;
  for (const trouble of troubles) {
    const { kind, file, what } = trouble;
    const { done, failed } = dones?.(trouble) ?? {};
    const told = failed === undefined ? what : `${what}; ${failed}`;
    await given.report.wrong(kind, join(found.path, file), told, done);
  }
}

function remember(survey: Survey, found: Found, look: Look): void {
  const { queue, name, path } = found;
  survey.meet(name.id);
  if (isResting(queue)) return;
  if (name.lane) survey.meetPost(name.lane.post, path);
  for (const file of look.children) {
    const child = parseChildName(file);
    if (child) survey.meet(child.name.id);
  }
}

/** What NFS keeps of a file that somebody has open, or nothing of ours. */
export async function tellStranger(
  { given }: Survey,
  path: string,
): Promise<void> {
  if (isKept(basename(path)))
    await given.report.note("nfs-leftover", path, "NFS keeps it open");
  else await given.report.note("stranger", path, "it is nothing of ours");
}

async function tellEmpty(survey: Survey, found: Found): Promise<void> {
  const { done } = await survey.act((hand) => hand.removeEmpty(found));
  const what = "a claim or a removal that was cut short";
  await survey.given.report.note("empty-entry", found.path, what, done);
}

type Done = (trouble: Trouble) => { done?: string; failed?: string };

/** @returns undefined where nothing was done, for there is no hand or somebody was faster */
async function putRight(
  survey: Survey,
  found: Found,
  look: Look,
): Promise<Done | undefined> {
  if (!survey.given.hand) return undefined;
  // What cannot be read is not known to be broken.
  if (look.troubles.some(({ kind }) => kind === "unreachable"))
    return () => ({});
  return look.state === "committed"
    ? putChildrenRight(survey, found)
    : putEntryRight(survey, found);
}

async function putEntryRight(
  survey: Survey,
  found: Found,
): Promise<Done | undefined> {
  const { done, trouble } = await survey.act((hand) =>
    hand.layAside(found, "failed", (claim) => {
      const { troubles } = lookAt(survey.given, claim);
      return troubles.length > 0 ? sentence(troubles) : undefined;
    }),
  );
  if (trouble !== undefined) return () => ({ failed: trouble });
  return done === undefined ? undefined : () => ({ done });
}

async function putChildrenRight(
  survey: Survey,
  found: Found,
): Promise<Done | undefined> {
  const dones = new Map<string, string>();
  const { trouble } = await survey.act(async (hand) => {
    const laid = await hand.layChildren(found, "failed", (claim) =>
      brokenChildren(survey, claim),
    );
    for (const [file, done] of laid) dones.set(file, done);
    return undefined;
  });
  return ({ file }) => {
    const done = dones.get(file.split("/")[1] ?? "");
    if (done !== undefined) return { done };
    return trouble === undefined ? {} : { failed: trouble };
  };
}

function* brokenChildren(
  { given }: Survey,
  claim: Claim,
): Generator<[string, Lying, string]> {
  const { troubles } = lookAt(given, claim);
  const files = new Set(troubles.map(({ file }) => file.split("/")[1] ?? ""));
  for (const file of files) {
    const path = join(claim.path, "out", file);
    const mine = troubles.filter((it) => it.file.split("/")[1] === file);
    const child = parseChildName(file);
    const queue = child?.queue ?? file.slice(0, Math.max(file.indexOf("."), 0));
    const lying = {
      queue: isQueueName(queue) ? queue : claim.queue,
      name: child?.name ?? freshName(given.now()),
      path,
    };
    if (isEntry(path, child !== undefined)) yield [file, lying, sentence(mine)];
  }
}

/** @param named whether its name is one */
export function isEntry(path: string, named: boolean): boolean {
  const isFolder = lstatSync(path, { throwIfNoEntry: false })?.isDirectory();
  return isFolder === true && (named || readEnvelope(path).kind === "envelope");
}

function sentence(troubles: readonly Trouble[]): string {
  const lines = troubles.map(({ file, what }) => `${file || "entry"}: ${what}`);
  return lines.join("; ");
}
