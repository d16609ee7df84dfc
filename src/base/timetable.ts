/**
 * Times that come again, as people write them: "08:00", "mon-fri 08:00,18:00; sat 10:00", or lines of
 * cron(8), "0 8 1 * *". Pure. The only importer of croner.
 */
import { Cron } from "croner";
import { daysOf } from "./hours.ts";

/** Lines of cron that stand for a text; undefined where it is none of both. */
export function parseTimes(text: string): readonly string[] | undefined {
  const lines = text.split(";").map((part) => {
    const plain = linesOf(part.trim());
    return plain.length > 0 ? plain : [part.trim()];
  });
  return lines.flat().every(comes) ? lines.flat() : undefined;
}

/** `[days ]HH:MM[,HH:MM]`, a line a time of day; none for anything else. */
function linesOf(part: string): string[] {
  const [, days, times] =
    /^(?:([a-z,-]+) +)?(\d\d:\d\d(?:,\d\d:\d\d)*)$/i.exec(part) ?? [];
  const week = days === undefined ? ["*"] : daysOf(days);
  if (times === undefined || week.length === 0) return [];
  return times.split(",").map((time) => {
    const [hour, minute] = time.split(":").map(Number);
    return `${minute} ${hour} * * ${week.join(",")}`;
  });
}

/** Whether a line is one of cron, and of a time that ever comes: no 30 February. */
function comes(line: string): boolean {
  try {
    return cron(line).nextRun(new Date(0)) !== null;
  } catch {
    return false;
  }
}

/**
 * The first of the times behind a moment. One that a change of clocks leaves out comes as soon as the
 * clock goes on; one that comes twice counts the first time.
 * @param times as `parseTimes` reads them
 * @param after milliseconds since 1970
 * @param timezone such as "Europe/Zurich"; that of the host without it
 * @returns milliseconds since 1970; undefined where there are no times
 */
export function nextTime(
  times: string,
  after: number,
  timezone?: string,
): number | undefined {
  const next = (parseTimes(times) ?? []).map((line) =>
    cron(line, timezone).nextRun(new Date(after))?.getTime(),
  );
  const found = next.filter((time) => time !== undefined);
  return found.length > 0 ? Math.min(...found) : undefined;
}

function cron(line: string, timezone?: string): Cron {
  return new Cron(line, {
    mode: "5-part",
    paused: true,
    fixedTimeRule: "no-wildcard",
    ...(timezone === undefined ? {} : { timezone }),
  });
}
