/** What the owners are told after a day on which something came back, or somebody's trial ended. */
import { DAY } from "../../base/units.ts";
import { letter } from "../../lists/letter.ts";
import { extended } from "../../lists/marks.ts";
import { stateOf } from "../../lists/state.ts";
import { textFor } from "../../lists/texts/texts.ts";
import { keyOf } from "../../mail/address.ts";
import { type BounceKind, dayOf } from "../../state/bounces.ts";
import type { Probe } from "../../state/probes.ts";
import { isLogOnly, scoresOf } from "./judge.ts";
import type { Occasion } from "./occasion.ts";

/** Whose trials have ended in this look. */
export interface Ended {
  readonly restored: Probe[];
  readonly removed: Probe[];
}

/** Most addresses that are named of each kind. */
const NAMED = 50;

/** @param day the day that it is about */
export async function summarise(
  occasion: Occasion,
  day: number,
  { restored, removed }: Ended,
): Promise<void> {
  const { site, list, emit } = occasion;
  if (!list.settings.bounces.summary) return;
  const { bounces } = await stateOf(site.home);
  const [from, to] = [day * DAY, (day + 1) * DAY];
  const sums = await bounces.sums(keyOf(list.address), from, to);
  if (sums.length === 0 && restored.length + removed.length === 0) return;
  const sum = (...kinds: BounceKind[]) =>
    sums.reduce((n, one) => (kinds.includes(one.kind) ? n + one.n : n), 0);
  const members = await standing(occasion, from);
  const suspended = await suspendedOn(occasion, day);
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
    ...some("suspended", suspended.map(lineOf)),
    ...some("restored", restored.map(lineOf)),
    ...some("removed", removed.map(lineOf)),
    ...((await isLogOnly(occasion)) ? { note: quiet.body } : {}),
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

function lineOf({ address, reason }: Probe): string {
  return `${address}  ${reason}`;
}

/** Those of whom something came on the day, the surest first. */
async function standing(occasion: Occasion, from: number): Promise<string[]> {
  const { site, list } = occasion;
  const { bounces } = await stateOf(site.home);
  const keys = await bounces.keys(keyOf(list.address), "", from);
  const scores = [...(await scoresOf(occasion, keys)).values()];
  return scores
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ score, last }) => {
      const why = last?.detail || last?.reason;
      return `${score.toFixed(1)}  ${last?.address}  ${why}`;
    });
}

async function suspendedOn(
  { site, list }: Occasion,
  day: number,
): Promise<Probe[]> {
  const { probes } = await stateOf(site.home);
  const found: Probe[] = [];
  for (let after = ""; ; ) {
    const page = await probes.page(keyOf(list.address), after);
    found.push(...page.filter(({ since }) => dayOf(since) === day));
    const last = page.at(-1);
    if (!last) return found;
    after = last.key;
  }
}
