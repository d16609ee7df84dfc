/**
 * The look that a list takes after each day on which something came back, or somebody is on trial: trials
 * go on, the owners get a summary, and what is old goes. Its alarm is a message to the list's bounces
 * that is not due before the day is over; there is one a day, over all hosts.
 */
import { hashOf } from "../../base/hash.ts";
import { DAY, HOUR } from "../../base/units.ts";
import { extended } from "../../lists/marks.ts";
import { stateOf } from "../../lists/state.ts";
import { keyOf } from "../../mail/address.ts";
import { compose, messageId } from "../../mail/compose.ts";
import { dayOf } from "../../state/bounces.ts";
import type { Probe } from "../../state/probes.ts";
import type { Occasion } from "./occasion.ts";
import { reportsOf, sweepReports } from "./reports.ts";
import { type Ended, summarise } from "./summary.ts";
import { goOn } from "./trial.ts";
import { tellOfOthers } from "./unread.ts";

/** Milliseconds for which it is remembered that a day has its alarm. */
const MONTH = 30 * DAY;
/** The looks of all lists are spread over this time. */
const SPREAD = HOUR;

const shape = /^bounces[-+=_#]day[-+=_#](\d{1,6})$/;

/** The day that an alarm is for; undefined: it is none. */
export function alarmIn(extension: string): number | undefined {
  const [, day] = shape.exec(extension) ?? [];
  return day === undefined ? undefined : Number(day);
}

/** Sees to it that there will be a look when this day is over. */
export async function setAlarm({
  site,
  list,
  id,
  now,
  emit,
  log,
}: Occasion): Promise<void> {
  const cut = site.delimiters.charAt(0);
  if (cut === "")
    return log("no look at the end of the day: delimiters is empty");
  const day = dayOf(now);
  const { windows } = await stateOf(site.home);
  const key = `${keyOf(list.address)} ${day}`;
  if ((await windows.first("bounce-day", key, id, now, MONTH)) !== id) return;
  const recipient = extended(site, list, `bounces${cut}day${cut}${day}`);
  const content = compose({
    from: extended(site, list, "owner"),
    to: recipient,
    subject: "The day is over",
    date: new Date(now),
    messageId: messageId(`alarm.${id}`, site.hostname),
    text: "A note that the list wrote itself.\n",
  });
  const due = (day + 1) * DAY + (hashOf(list.address) % SPREAD);
  emit({ recipient, content: [content], due: Math.ceil(due / 1000) });
}

/** @param day which is over */
export async function tick(occasion: Occasion, day: number): Promise<void> {
  const { site, list, now } = occasion;
  const ended: Ended = { restored: [], removed: [] };
  let waits = 0;
  for await (const probe of onTrial(occasion)) {
    const step = await goOn(occasion, probe);
    if (step === "restored" || step === "removed") ended[step].push(probe);
    if (step !== "over") waits += 1;
  }
  await summarise(occasion, day, ended);
  await tellOfOthers(occasion);
  const { bounces } = await stateOf(site.home);
  await bounces.sweep(keyOf(list.address), now - site.bounces.keep);
  await bounces.sweep("", now - site.bounces.keep);
  for (const name of [list.address, undefined])
    sweepReports(reportsOf(site.home, name), now, site.bounces.keep);
  if (waits > 0) await setAlarm(occasion);
}

async function* onTrial({ site, list }: Occasion): AsyncGenerator<Probe> {
  const { probes } = await stateOf(site.home);
  for (let after = ""; ; ) {
    const page = await probes.page(keyOf(list.address), after);
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = last.key;
  }
}
