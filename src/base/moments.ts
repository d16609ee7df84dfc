/**
 * Moments as people write them: a date, which begins at midnight UTC, or a date with a time, as ISO
 * 8601 has them. Pure.
 */
import { DAY } from "./units.ts";

const DATE =
  /^(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** Milliseconds since 1970; undefined where it is no moment. A time must name its zone: Z, +02:00. */
export function momentOf(text: string): number | undefined {
  const [whole, date = ""] = DATE.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  // The 31st of February would be one of March.
  const day = Date.parse(date);
  if (Number.isNaN(day) || !momentText(day).startsWith(date)) return undefined;
  const moment = Date.parse(whole.replace(" ", "T"));
  return Number.isNaN(moment) ? undefined : moment;
}

/** The text of a moment, a date alone where that is all of it. */
export function momentText(moment: number): string {
  const text = new Date(moment).toISOString();
  return moment % DAY === 0 ? text.slice(0, 10) : text;
}
