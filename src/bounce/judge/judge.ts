/**
 * Judges those of whom something has come back just now: trouble on the way first, for nobody is to
 * blame for that; then who has reached the threshold.
 */
import { DAY } from "../../base/units.ts";
import { hasSource } from "../../lists/refine/shrink.ts";
import { stateOf } from "../../lists/state.ts";
import { keyOf } from "../../mail/address.ts";
import { type Bounce, dayOf } from "../../state/bounce.ts";
import type { Occasion } from "./occasion.ts";
import { haltsOf, troubleIn } from "./outage.ts";
import { isCounted, type Score, scoreOf } from "./score.ts";
import { standingOf } from "./silence.ts";
import { isFirst, tellOfTrouble } from "./tell.ts";
import { begin } from "./trial.ts";
import { undo } from "./undo.ts";

/** For ever, milliseconds. */
const AGES = 100 * 365 * DAY;

/** @param noted what is known of the report at hand */
export async function judge(
  occasion: Occasion,
  noted: readonly Bounce[],
): Promise<void> {
  const { site, list, now, log } = occasion;
  const state = await stateOf(site.home);
  const limits = list.settings.bounces;
  const some = noted.filter((one) => isCounted(one, limits));
  if (some.length === 0) return;
  const name = keyOf(list.address);
  for (const trouble of await troubleIn(state, name, some, now, limits)) {
    await tellOfTrouble(occasion, trouble);
    const { kind, scope } = trouble;
    const once = `${dayOf(now)} undo ${scope}`;
    if (kind === "halt" && (await isFirst(occasion, once, DAY)))
      await undo(occasion, scope);
  }
  const keys = some.map(({ key }) => key);
  const scores = await scoresOf(occasion, keys);
  const isQuiet = await isLogOnly(occasion);
  for (const { last, score, isReached, isHalted } of scores.values()) {
    if (!isReached || !last || isHalted) continue;
    if (!isQuiet) await begin(occasion, last);
    else if (await isReader(occasion, last.address))
      log(
        `${last.address} would be suspended: its score is ${score.toFixed(1)}`,
      );
  }
}

/** A score, and whether nobody there is judged today. */
export interface Standing extends Score {
  readonly isHalted: boolean;
}

/** How those of some keys stand. */
export async function scoresOf(
  { site, list, now }: Pick<Occasion, "site" | "list" | "now">,
  keys: readonly string[],
): Promise<Map<string, Standing>> {
  const state = await stateOf(site.home);
  const name = keyOf(list.address);
  const unique = [...new Set(keys)];
  const since = now - site.bounces.keep;
  const about = await state.bounces.about(name, unique, since);
  const halts = await haltsOf(state, name, unique, dayOf(since));
  const rules = list.settings.bounces;
  const scores = new Map<string, Standing>();
  for (const [key, bounces] of Map.groupBy(about, ({ key }) => key)) {
    const isHalted = (day: number) => halts.isHalted(key, day);
    const score = scoreOf(bounces, now, rules, isHalted);
    scores.set(key, { ...score, isHalted: isHalted(dayOf(now)) });
  }
  return scores;
}

/** The kind of the window that has the first bounce of the home. */
const FIRST = "bounce-first";

/** Whether nothing is done, and all is only told: the list has it so, or the first month is not over. */
export async function isLogOnly({
  site,
  list,
  id,
  now,
}: Pick<Occasion, "site" | "list" | "id" | "now">): Promise<boolean> {
  const { windows } = await stateOf(site.home);
  await windows.first(FIRST, "", id, now, AGES);
  return (await quietUntil({ site, list, now })) !== undefined;
}

/** Until when, in a sentence, nothing is done and all is only told; undefined: something is done. */
export async function quietUntil({
  site,
  list,
  now,
}: Pick<Occasion, "site" | "list" | "now">): Promise<string | undefined> {
  const { action, log_only } = list.settings.bounces;
  if (action === "log")
    return 'nothing is done but telling: bounces.action is "log"';
  if (log_only === 0) return undefined;
  const { windows } = await stateOf(site.home);
  const first = await windows.latest(FIRST, "");
  const end = (first?.at ?? now) + log_only;
  if (now >= end) return undefined;
  const day = new Date(end).toISOString().slice(0, 10);
  return `nothing is done but telling until ${day} (bounces.log_only)`;
}

/** Whether mail goes there: who has left is nobody's business. */
async function isReader(
  { site, list }: Occasion,
  address: string,
): Promise<boolean> {
  const whom = { home: site.home, list, address };
  return (await standingOf(whom, hasSource(list.settings))) === "open";
}
