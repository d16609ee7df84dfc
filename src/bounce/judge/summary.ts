/** What the owners are told after a day on which something came back, or somebody's trial ended. */
import { breath } from "../../base/breath.ts";
import { DAY } from "../../base/units.ts";
import { letter } from "../../lists/letter.ts";
import { extended } from "../../lists/marks.ts";
import { stateOf } from "../../lists/state.ts";
import { textFor } from "../../lists/texts/texts.ts";
import { keyOf } from "../../mail/address.ts";
import { type BounceKind, dayOf } from "../../state/bounce.ts";
import type { Probe } from "../../state/probes.ts";
import { quietUntil, scoresOf } from "./judge.ts";
import type { Occasion } from "./occasion.ts";
import { TOLD } from "./trial.ts";

/** Most addresses that are named of each kind. */
const NAMED = 50;

/** @param day the day that it is about */
export async function summarise(
  occasion: Occasion,
  day: number,
): Promise<void> {
  const { site, list, emit } = occasion;
  if (!list.settings.bounces.summary) return;
  const { bounces } = await stateOf(site.home);
  const [from, to] = [day * DAY, (day + 1) * DAY];
  const sums = await bounces.sums(keyOf(list.address), from, to);
  const trials = await trialsOf(occasion, day);
  if (sums.size === 0 && trials.restored.length + trials.removed.length === 0)
    return;
  const sum = (kind: BounceKind) => sums.get(kind) ?? 0;
  const members = await standing(occasion, from, trials.all);
  const quiet = textFor({ site, list }, "bounce-quiet", {});
  const owner = extended(site, list, "owner");
  const content = letter(occasion, { address: owner }, "bounce-summary", {
    day: new Date(from).toISOString().slice(0, 10),
    hard: sum("hard"),
    soft: sum("soft"),
    refused: sum("message"),
    complaints: sum("complaint"),
    show: `listmill bounces ${list.address}`,
    ...some("members", members),
    ...some("suspended", trials.suspended.map(lineOf)),
    ...some("restored", trials.restored.map(addressOf)),
    ...some("removed", trials.removed.map(lineOf)),
    ...((await quietUntil(occasion)) === undefined ? {} : { note: quiet.body }),
  });
  emit({ recipient: owner, content });
}

function some<N extends string>(
  name: N,
  lines: readonly string[],
): { [K in N]?: readonly string[] } {
  const shown = lines.slice(0, NAMED);
  if (lines.length > NAMED) shown.push(`… (+${lines.length - NAMED})`);
  const filled: { [K in N]?: readonly string[] } = {};
  if (shown.length > 0) filled[name] = shown;
  return filled;
}

function addressOf({ address }: Probe): string {
  return address;
}

function lineOf({ address, reason }: Probe): string {
  return `${address}  ${reason}`;
}

/** Those of whom something has come since the day began and who get mail still, the surest first. */
async function standing(
  occasion: Occasion,
  from: number,
  onTrial: ReadonlySet<string>,
): Promise<string[]> {
  const { site, list } = occasion;
  const { bounces } = await stateOf(site.home);
  const found: { readonly score: number; readonly line: string }[] = [];
  for await (const keys of bounces.keys(keyOf(list.address), from)) {
    for (const [key, one] of await scoresOf(occasion, keys)) {
      if (one.score === 0 || onTrial.has(key)) continue;
      const why = one.last?.detail || one.last?.reason;
      const line = `${one.score.toFixed(1)}  ${one.last?.address}  ${why}`;
      found.push({ score: one.score, line });
    }
    found.sort((a, b) => b.score - a.score);
    await breath();
  }
  return found.map(({ line }) => line);
}

/** Who was suspended on the day, and whose trials have ended since the last look. */
async function trialsOf({ site, list, now }: Occasion, day: number) {
  const { probes } = await stateOf(site.home);
  const all = new Set<string>();
  const suspended: Probe[] = [];
  const restored: Probe[] = [];
  const removed: Probe[] = [];
  for await (const probe of probes.all(keyOf(list.address))) {
    const { ended, last, since, key } = probe;
    if (ended === "") all.add(key);
    if (ended === "" && dayOf(since) === day) suspended.push(probe);
    if (ended === "undone") restored.push(probe);
    if (ended === "" || ended === "undone" || now - last >= TOLD) continue;
    (ended === "restored" ? restored : removed).push(probe);
  }
  return { all, suspended, restored, removed };
}
