/**
 * Quiet hours: whether nothing may be sent now, and until when. They are as a clock on the wall
 * shows them, in summer and winter: an hour that a clock shows twice is quiet twice. Pure, but for
 * the host's time zone.
 */
import { areIn, type Hours } from "../../base/hours.ts";

const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;
/** Zones change their offset at full minutes, and never twice within this. */
const STEP = 60 * MINUTE;

export class Quiet {
  readonly #hours: readonly Hours[];
  readonly #zone: Intl.DateTimeFormat;
  /** The last answer holds from `from`, before `to`. */
  #known = { from: 0, to: 0, quiet: false };

  /** @param timezone such as "Europe/Zurich"; that of the host without it */
  constructor(hours: readonly Hours[], timezone?: string) {
    this.#hours = hours;
    this.#zone = new Intl.DateTimeFormat("en-US", {
      timeZoneName: "longOffset",
      ...(timezone !== undefined && { timeZone: timezone }),
    });
  }

  /** When the quiet hours of now end, in milliseconds since 1970; undefined where it is not quiet. */
  until(now: number): number | undefined {
    if (this.#hours.length === 0) return undefined;
    if (now < this.#known.from || now >= this.#known.to)
      this.#known = { from: now, ...this.#lasting(now) };
    return this.#known.quiet ? this.#known.to : undefined;
  }

  /** Whether it is quiet at a moment, and the first moment at which that changes. */
  #lasting(now: number): { quiet: boolean; to: number } {
    let from = now;
    const quiet = this.#isQuiet(from, this.#offset(from));
    while (from < now + WEEK) {
      const offset = this.#offset(from);
      const hour = from + STEP;
      const to =
        this.#offset(hour) === offset ? hour : this.#change(from, hour, offset);
      // On the wall all minutes between are there, once and in order.
      for (let at = from; at < to; at = nextMinute(at))
        if (this.#isQuiet(at, offset) !== quiet) return { quiet, to: at };
      from = to;
    }
    return { quiet, to: from };
  }

  #isQuiet(moment: number, offset: number): boolean {
    const wall = new Date(moment + offset);
    const minute = wall.getUTCHours() * 60 + wall.getUTCMinutes();
    return this.#hours.some((hours) => areIn(hours, wall.getUTCDay(), minute));
  }

  /** The first moment of the other offset. */
  #change(from: number, to: number, offset: number): number {
    let before = from;
    let after = to;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.#offset(middle) === offset) before = middle;
      else after = middle;
    }
    return after;
  }

  /** How much the wall's time is ahead of UTC, in milliseconds. */
  #offset(moment: number): number {
    const part = this.#zone
      .formatToParts(moment)
      .find(({ type }) => type === "timeZoneName");
    const [, sign, hours = 0, minutes = 0, seconds = 0] =
      /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(part?.value ?? "") ?? [];
    const ahead = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return (sign === "-" ? -ahead : ahead) * 1000;
  }
}

/** Offsets are of whole minutes for as long as there are computers. */
function nextMinute(moment: number): number {
  return Math.floor(moment / MINUTE + 1) * MINUTE;
}
