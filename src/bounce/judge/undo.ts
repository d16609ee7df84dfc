/**
 * Undoes what was done on a day before it turned out to count for nothing: who was suspended gets mail
 * again, and a trial that came back is sent again.
 */
import { stateOf } from "../../lists/state.ts";
import { keyOf } from "../../mail/address.ts";
import { dayOf } from "../../state/bounce.ts";
import type { Probe } from "../../state/probes.ts";
import { causeOf } from "./event.ts";
import { Missed } from "./missed.ts";
import type { Occasion } from "./occasion.ts";
import { scopeOf } from "./outage.ts";
import { standingOf, unsilence } from "./silence.ts";
import { end, type Step, unsent } from "./trial.ts";

/** Most letters that are written where a day is undone: all of them are in memory. */
const LETTERS = 200;

/** @param scope of the list, "", or a domain with its @ */
export async function undo(occasion: Occasion, scope: string): Promise<void> {
  const { site, list } = occasion;
  const { probes } = await stateOf(site.home);
  const missed = new Missed(site, list);
  let letters = 0;
  for await (const probe of probes.all(keyOf(list.address))) {
    if (scope !== "" && scopeOf(probe.key) !== scope) continue;
    const step = await undoOne(occasion, probe, missed, letters < LETTERS);
    if (step === "undone") letters += 1;
  }
}

/** @param letters whether one may be written */
async function undoOne(
  occasion: Occasion,
  probe: Probe,
  missed: Missed,
  letters: boolean,
): Promise<Step> {
  const { site, list, now, id } = occasion;
  const { probes } = await stateOf(site.home);
  const name = keyOf(list.address);
  const isToday = (at: number) => dayOf(at) === dayOf(now);
  if (probe.ended === "undone" && probe.source === id)
    return end(occasion, probe, "undone", missed);
  if (probe.ended !== "") return "waits";
  if (!isToday(probe.since)) {
    if (probe.failed >= probe.sent && isToday(probe.back))
      await probes.move(name, probe, unsent(list, probe));
    return "waits";
  }
  const cause = causeOf(occasion);
  const whom = { home: site.home, list, address: probe.address, cause };
  const isOurs = (await standingOf(whom, false)) === "ours";
  if (isOurs && letters) return end(occasion, probe, "undone", missed);
  if (isOurs) await unsilence(whom);
  await probes.remove(name, probe.key);
  return "over";
}
