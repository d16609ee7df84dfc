/** When a new volume of a digest begins, by the calendar of a time zone. Pure. */
import type { Frequency } from "../lists/schema/digest.ts";

export interface Calendar {
  readonly volume: Frequency;
  /** Such as "Europe/Zurich"; that of the host without it. */
  readonly timezone?: string | undefined;
}

/**
 * Whether a volume begins between two issues.
 * @param before when the last one was made, milliseconds since 1970
 */
export function begins(
  calendar: Calendar,
  before: number,
  now: number,
): boolean {
  return now > before && periodOf(calendar, before) !== periodOf(calendar, now);
}

/** What all moments of one period have in common. */
function periodOf({ volume, timezone }: Calendar, moment: number): string {
  if (volume === "never") return "";
  const clock = new Intl.DateTimeFormat("en-US", {
    calendar: "gregory",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    ...(timezone === undefined ? {} : { timeZone: timezone }),
  });
  const part = Object.fromEntries(
    clock.formatToParts(moment).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1 } = part;
  switch (volume) {
    case "yearly":
      return `${year}`;
    case "quarterly":
      return `${year} ${Math.ceil(month / 3)}`;
    case "monthly":
      return `${year} ${month}`;
    case "weekly":
      // Weeks begin on Monday; the first day of 1970 was a Thursday.
      return `${Math.floor((Date.UTC(year, month - 1, day) / 86_400_000 + 3) / 7)}`;
    case "daily":
      return `${year} ${month} ${day}`;
  }
}
