/** Hours of the week as people write them: "22:00-06:00", "sat,sun 00:00-24:00". Pure. */

/** The days of the week, 0 for Sunday. */
export const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const DAY = 24 * 60;

/** Hours of some days. Where `to` is not after `from`, they end on the next day. */
export interface Hours {
  /** The days on which they begin, 0 for Sunday. */
  readonly days: readonly number[];
  /** Minutes after midnight, as a clock on the wall shows them; `to` is not among them. */
  readonly from: number;
  readonly to: number;
}

/** @returns undefined for anything else, and for hours that end where they begin */
export function parseHours(value: unknown): Hours | undefined {
  const [, days, from, to] =
    /^(?:([a-z,-]+) +)?(\d\d:\d\d) ?- ?(\d\d:\d\d)$/i.exec(`${value}`.trim()) ??
    [];
  const found = {
    days: days === undefined ? [0, 1, 2, 3, 4, 5, 6] : daysOf(days),
    from: minuteOf(from),
    to: minuteOf(to),
  };
  const right =
    typeof value === "string" &&
    found.days.length > 0 &&
    found.from < DAY &&
    found.to <= DAY &&
    found.from !== found.to;
  return right ? found : undefined;
}

/** Hours as `parseHours` reads them. */
export function hoursText({ days, from, to }: Hours): string {
  const named = days.map((day) => DAYS[day]).join(",");
  return `${days.length === 7 ? "" : `${named} `}${timeText(from)}-${timeText(to)}`;
}

/** @param minutes after midnight */
export function timeText(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours, rest].map((one) => String(one).padStart(2, "0")).join(":");
}

/**
 * What a clock on the wall shows at a moment: the day of the week, 0 for Sunday, and the minute.
 * @param moment milliseconds since 1970
 * @param timezone such as "Europe/Zurich"; that of the host without it
 */
export function wallClock(
  moment: number,
  timezone?: string,
): { readonly weekday: number; readonly minute: number } {
  const part = Object.fromEntries(
    clockIn(timezone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  );
  return {
    weekday: DAYS.indexOf(String(part.weekday).toLowerCase()),
    minute: Number(part.hour) * 60 + Number(part.minute),
  };
}

/** Clocks that were asked for: to make one costs more than all the rest. */
const clocks = new Map<string | undefined, Intl.DateTimeFormat>();

function clockIn(timezone: string | undefined): Intl.DateTimeFormat {
  const clock =
    clocks.get(timezone) ??
    new Intl.DateTimeFormat("en-US", {
      hourCycle: "h23",
      weekday: "short",
      hour: "numeric",
      minute: "numeric",
      ...(timezone !== undefined && { timeZone: timezone }),
    });
  clocks.set(timezone, clock);
  return clock;
}

/** Whether a minute of a day of the week is among them. */
export function areIn(
  { days, from, to }: Hours,
  weekday: number,
  minute: number,
): boolean {
  if (from < to) return days.includes(weekday) && minute >= from && minute < to;
  if (minute >= from) return days.includes(weekday);
  return minute < to && days.includes((weekday + 6) % 7);
}

/** Whether no minute of a week is left out. */
export function coverWeek(all: readonly Hours[]): boolean {
  for (let weekday = 0; weekday < 7; weekday += 1)
    for (let minute = 0; minute < DAY; minute += 1)
      if (!all.some((hours) => areIn(hours, weekday, minute))) return false;
  return true;
}

/** Minutes after midnight; NaN where it is no time. */
function minuteOf(text = ""): number {
  const [hours = Number.NaN, minutes = Number.NaN] = text
    .split(":")
    .map(Number);
  return minutes < 60 ? hours * 60 + minutes : Number.NaN;
}

/** "sat,sun", "mon-fri"; none where a word is no day. */
export function daysOf(text: string): number[] {
  const found = new Set<number>();
  for (const part of text.toLowerCase().split(",")) {
    const [first = "", last = first, ...more] = part.split("-");
    const from = DAYS.indexOf(first);
    const to = DAYS.indexOf(last);
    if (from < 0 || to < 0 || more.length > 0) return [];
    for (let day = from; ; day = (day + 1) % 7) {
      found.add(day);
      if (day === to) break;
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** Whether the system knows a time zone of that name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name !== "";
  } catch {
    return false;
  }
}
