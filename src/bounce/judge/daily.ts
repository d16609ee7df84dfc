/**
 * The look that a list takes after each day on which something came back, or somebody is on trial: trials
 * go on, the owners get a summary, and what is old goes. Its alarm is a message to the list's bounces
 * that is not due before the day is over; there is one a day, over all hosts. A look that finds much to
 * do does a part of it, and another one goes on.
 */
import { hashOf } from "../../base/hash.ts";
import { DAY, HOUR } from "../../base/units.ts";
import { emitAlarm } from "../../lists/alarm.ts";
import { stateOf } from "../../lists/state.ts";
import { keyOf } from "../../mail/address.ts";
import { dayOf } from "../../state/bounce.ts";
import { extensionOf } from "./alarm.ts";
import { Missed } from "./missed.ts";
import type { Occasion } from "./occasion.ts";
import { reportsOf, sweepReports } from "./reports.ts";
import { summarise } from "./summary.ts";
import { goOn, type Step } from "./trial.ts";
import { tellOfOthers } from "./unread.ts";

/** Milliseconds for which it is remembered that a day has its alarm. */
const MONTH = 30 * DAY;
/** The looks of all lists are spread over this time. */
const SPREAD = HOUR;
/** Most letters that a look writes: all of them are in memory, and a hook has its time. */
const LETTERS = 200;

/** Sees to it that there will be a look when this day is over. */
export async function setAlarm(occasion: Occasion): Promise<void> {
  const { site, list, id, now, log } = occasion;
  if (site.delimiters === "")
    return log("no look at the end of the day: delimiters is empty");
  const day = dayOf(now);
  const { windows } = await stateOf(site.home);
  const key = `${keyOf(list.address)} ${day}`;
  if ((await windows.first("bounce-day", key, id, now, MONTH)) === id)
    wake(occasion, day, dueOf(occasion, day));
}

/** When the look at a day is due, milliseconds since 1970. */
function dueOf({ list }: Occasion, day: number): number {
  return (day + 1) * DAY + (hashOf(list.address) % SPREAD);
}

function wake(occasion: Occasion, day: number, due: number): void {
  const extension = extensionOf(occasion.site.delimiters, day);
  emitAlarm(occasion, extension, "The look at what came back on a day", due);
}

/** @param day the one that it is about */
export async function look(occasion: Occasion, day: number): Promise<void> {
  const { site, list, now } = occasion;
  const isEarly = now < (day + 1) * DAY;
  const { waits, isWhole } = await lookAtTrials(occasion);
  // Somebody may have had it done early, or there is more to do.
  if (isEarly || !isWhole) {
    wake(occasion, day, isEarly ? dueOf(occasion, day) : now);
    return;
  }
  await summarise(occasion, day);
  await forgetUndone(occasion);
  await tellOfOthers(occasion, day);
  const { bounces } = await stateOf(site.home);
  const before = now - site.bounces.keep;
  for (const name of [keyOf(list.address), ""])
    await bounces.sweep(name, before);
  for (const name of [list.address, undefined])
    sweepReports(reportsOf(site.home, name), now, site.bounces.keep);
  if (waits) await setAlarm(occasion);
}

/** Whose suspension was undone, and was told. */
async function forgetUndone({ site, list }: Occasion): Promise<void> {
  const { probes } = await stateOf(site.home);
  const name = keyOf(list.address);
  for await (const { ended, key } of probes.all(name))
    if (ended === "undone") await probes.remove(name, key);
}

const written: ReadonlySet<Step> = new Set(["sent", "restored", "removed"]);

/** @returns whether there are more to come, and whether all had their turn */
async function lookAtTrials(
  occasion: Occasion,
): Promise<{ waits: boolean; isWhole: boolean }> {
  const { site, list, id } = occasion;
  const state = await stateOf(site.home);
  const name = keyOf(list.address);
  const missed = new Missed(site, list);
  let letters = 0;
  let waits = false;
  let isWhole = true;
  for await (const probe of state.probes.all(name)) {
    // What was begun before a crash has its letter in any case.
    const isMine = probe.source === id;
    if (letters >= LETTERS && !isMine) {
      isWhole = false;
      continue;
    }
    const step = await goOn(occasion, probe, missed);
    if (step !== "over") waits = true;
    if (written.has(step) && !isMine) letters += 1;
  }
  return { waits: waits || !isWhole, isWhole };
}
