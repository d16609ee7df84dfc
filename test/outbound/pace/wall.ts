// Quiet hours by what a clock on the wall shows, asked of another format than the source's.
import { type Hours, parseHours } from "../../../src/base/hours.ts";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

export function hours(...texts: string[]): Hours[] {
  return texts.map(parseHours).filter((one) => one !== undefined);
}

/** The same by what a clock on the wall shows, asked of another format, minute by minute. */
export function wall(
  zone: string,
): (moment: number) => [weekday: number, at: number] {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return (moment) => {
    const shown = format.format(moment);
    const weekday = DAYS.findIndex((day) => shown.startsWith(day));
    const [, hour, minute] = /(\d\d):(\d\d)$/.exec(shown) ?? [];
    return [weekday, Number(hour) * 60 + Number(minute)];
  };
}

export function isQuiet(
  all: readonly Hours[],
  [weekday, at]: [number, number],
) {
  return all.some(({ days, from, to }) => {
    const today = days.includes(weekday);
    const yesterday = days.includes((weekday + 6) % 7);
    return from < to
      ? today && from <= at && at < to
      : (today && from <= at) || (yesterday && at < to);
  });
}
