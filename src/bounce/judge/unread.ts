/**
 * What came to the bounces of all lists and nobody understood, in one mail a day to those who want it:
 * so that a new kind of report is noticed, and none is lost.
 */
import { lengthOf, type Piece } from "../../base/pieces.ts";
import { DAY } from "../../base/units.ts";
import { letter } from "../../lists/letter.ts";
import { stateOf } from "../../lists/state.ts";
import type { Occasion } from "./occasion.ts";
import { reportAt, reportsOf } from "./reports.ts";

/** Most that go along, and most bytes of them together. */
const ENCLOSED = 20;
const BYTES = 5_000_000;
/** Most lines about those that do not. */
const NAMED = 200;
const MONTH = 30 * DAY;

/** @param day the day that it is about: of the looks of all lists at it the first one tells of all */
export async function tellOfOthers(
  occasion: Occasion,
  day: number,
): Promise<void> {
  const { site, id, now, emit } = occasion;
  const { unrecognised_notify: people } = site.bounces;
  if (people.length === 0) return;
  const { bounces, windows } = await stateOf(site.home);
  const first = await windows.first("bounce-unread", `${day}`, id, now, MONTH);
  if (first !== id) return;
  const found = await bounces.others(day * DAY, (day + 1) * DAY);
  if (found.length === 0) return;
  const enclosed: Piece[][] = [];
  let size = 0;
  const lines: string[] = [];
  for (const { list, report, at, detail } of found) {
    const place = reportsOf(site.home, list || undefined);
    const kept = reportAt(place, report);
    const when = new Date(at).toISOString().slice(0, 16).replace("T", " ");
    if (lines.length < NAMED)
      lines.push(`${when}  ${list}  ${detail}`, `  ${place}/${report}`);
    if (!kept || enclosed.length >= ENCLOSED) continue;
    const length = lengthOf([kept]);
    if (size + length > BYTES) continue;
    size += length;
    enclosed.push([kept]);
  }
  const words = { count: found.length, reports: lines };
  for (const address of people) {
    const content = letter(occasion, { address }, "bounce-unread", words, {
      enclosed,
    });
    emit({ recipient: address, content, outside: true });
  }
}
