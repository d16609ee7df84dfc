/** What is in the spool twice, and what would be sent again: told, and laid aside in a repair. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { readEnvelope } from "../envelope.ts";
import { laneOf } from "../name.ts";
import type { Found } from "../operator.ts";
import { isResting } from "../spool.ts";
import { copyOf, entriesIn, groupsOf, type Place } from "./copies.ts";
import { type Copy, judge, type Verdict } from "./doubles.ts";
import type { Survey } from "./survey.ts";

/** @param queues all that there are */
export async function settleDoubles(
  survey: Survey,
  queues: readonly string[],
): Promise<void> {
  const { spool, hand } = survey.given;
  const { twice } = survey;
  let isDeferred = false;
  const groups = groupsOf(spool, queues, twice, () => {
    isDeferred = true;
  });
  for await (const group of groups) await settleGroup(survey, group, true);
  if (!isDeferred || !hand) return;
  for await (const group of groupsOf(spool, queues, twice))
    await settleGroup(survey, group, false);
}

/** @param isFirst whether what is but a note was not told yet */
async function settleGroup(
  survey: Survey,
  group: readonly Place[],
  isFirst: boolean,
): Promise<void> {
  await survey.pause();
  const copies: Copy[] = [];
  for (const place of group) {
    const { node, path } = place;
    const isAtWork = node !== undefined && !(await survey.isDead(node));
    const copy = copyOf(place, survey.given.report.shown(path), isAtWork);
    if (copy) copies.push(copy);
  }
  if (copies.length < 2) return;
  for (const verdict of judge(copies)) {
    const place = group.find(({ path }) => path === verdict.copy.path);
    if (place && (isFirst || verdict.isLaidAside))
      await settle(survey, place, verdict);
  }
}

async function settle(
  survey: Survey,
  place: Place,
  { kind, what, isLaidAside }: Verdict,
): Promise<void> {
  const { report } = survey.given;
  if (kind === "double-resting" || kind === "double-released")
    return report.note(kind, place.path, what);
  const { done, trouble } = isLaidAside
    ? await survey.act((hand) =>
        place.parent
          ? layChild(hand, place, place.parent, what)
          : hand.layAside(place, "held", () => what),
      )
    : { trouble: undefined };
  const told = trouble === undefined ? what : `${what}; ${trouble}`;
  await report.wrong(kind, place.path, told, done);
}

async function layChild(
  hand: NonNullable<Survey["given"]["hand"]>,
  place: Place,
  parent: Found,
  reason: string,
): Promise<string | undefined> {
  const file = basename(place.path);
  const laid = await hand.layChildren(parent, "held", ({ path }) => {
    const child = { ...place, path: join(path, "out", file) };
    return existsSync(child.path) ? [[file, child, reason]] : [];
  });
  return laid.get(file);
}

/**
 * A post whose recipients have entries of their own has ended with that: one that waits all the same
 * is from before, out of a backup, and would be sent to all of them again.
 */
export async function settleExploded(
  survey: Survey,
  queues: readonly string[],
): Promise<void> {
  const { given, posts } = survey;
  if (posts.size === 0) return;
  for (const queue of queues) {
    if (isResting(queue)) continue;
    for (const found of entriesIn(given.spool, queue)) {
      await survey.pause();
      const { id, lane } = found.name;
      const entry = lane ? undefined : posts.get(laneOf("", id, 0).post);
      if (entry === undefined || !(await isBefore(survey, found, entry)))
        continue;
      const what = `entries with its recipients are there already, such as ${given.report.shown(entry)}`;
      const { done, trouble } = await survey.act((hand) =>
        hand.layAside(found, "held", () => what),
      );
      const told = trouble === undefined ? what : `${what}; ${trouble}`;
      await given.report.wrong("exploded-again", found.path, told, done);
    }
  }
}

/** @param entry one with recipients, of the same post by its name */
async function isBefore(
  survey: Survey,
  { queue, name, path, node }: Found,
  entry: string,
): Promise<boolean> {
  if (existsSync(join(path, "out"))) return false;
  if (node !== undefined && !(await survey.isDead(node))) return false;
  const [mine, theirs] = [readEnvelope(path), readEnvelope(entry)];
  if (mine.kind !== "envelope" || theirs.kind !== "envelope") return false;
  const isReleased = mine.envelope.history.some(
    ({ what }) => what === "released",
  );
  return !isReleased && theirs.envelope.origin === `${queue}/${name.id}`;
}
