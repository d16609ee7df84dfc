/**
 * Watches the relay: at a sign of trouble what may be sent is halved, with clean replies it grows
 * again until the full limit, and then nothing is governed. Pure.
 *
 * Multiplicative decrease (Chiu and Jain 1989; RFC 5681), at most once in the time in which the
 * last one shows. The increase is a twentieth of the geometric mean of the full limit and of what
 * may be sent now: in proportion the slower of two runners gains more, so they come to share the
 * relay, and steps stay small where the relay takes but a small part of the limit (Bansal and
 * Balakrishnan 2001). Late replies are a sign too; they alone slow to an eighth at most, for a
 * relay that got slower for good is not helped by less.
 */
import { oneLine, plural } from "../../base/log.ts";
import { Lately } from "./lately.ts";
import { Replies } from "./replies.ts";
import { SLACK } from "./window.ts";

/** What became of a transaction. */
export interface Result {
  /** Recipients tried. */
  readonly count: number;
  /** From the end of the content to the final reply; 0 where there was none. */
  readonly seconds: number;
  /** The relay's reply, where it is a sign of trouble (`signIn`). */
  readonly trouble?: string | undefined;
}

/** Worth a line in the log. */
export interface Turn {
  readonly kind: "slower" | "faster" | "free";
  /** Messages a minute; Infinity where nothing limits them. */
  readonly rate: number;
  readonly reason: string;
}

const MINUTE = 60_000;
/** Milliseconds between two cuts, at least. */
const HOLD = 5_000;
/** Milliseconds between two steps up. */
const STEP = 10_000;
/** From so many messages lately their rate is a measure. */
const ENOUGH = 10;
/** Messages a minute: one in 10 seconds goes whatever happens. */
const FLOOR = 6;
/** Milliseconds between two lines of a log, but for a new low. */
const NEWS = 300_000;

export class Governor {
  #full: number;
  /** Messages a minute; Infinity while nothing is governed. */
  #rate = Number.POSITIVE_INFINITY;
  /** Where it lets go if there is no full limit. */
  #ceiling = 0;
  /** What was told last, and the least in this spell of trouble. */
  #announced = { at: Number.NEGATIVE_INFINITY, rate: 0, least: 0 };
  #nextAt = Number.NEGATIVE_INFINITY;
  #cutAt = Number.NEGATIVE_INFINITY;
  #steppedAt = Number.NEGATIVE_INFINITY;
  readonly #lately = new Lately();
  readonly #replies = new Replies();

  /** @param full messages a minute, Infinity for no limit */
  constructor(full: number) {
    this.#full = full;
  }

  /** Another full limit. */
  change(full: number): void {
    this.#full = full;
  }

  /** About a second's worth, at least 1. */
  portion(most: number): number {
    return Math.max(1, Math.min(most, Math.floor(this.#rate / 60)));
  }

  /** Milliseconds after which it is worth asking again; 0: they may go. */
  wait(_: number, time: number): number {
    return Math.max(0, Math.ceil(this.#nextAt - time));
  }

  enter(count: number, time: number): void {
    const from = Math.max(this.#nextAt, time - SLACK);
    this.#nextAt = from + (count * MINUTE) / this.#rate;
  }

  /** What became of it is told. */
  leave(): void {}

  /** Notes how a transaction ended. @returns what changed, where people should know */
  told({ count, seconds, trouble }: Result, time: number): Turn | undefined {
    this.#lately.add(count, time);
    if (trouble !== undefined) {
      const reason = `the relay says ${oneLine(trouble, 200)}`;
      return this.#cut(reason, FLOOR, seconds, time);
    }
    if (seconds > 0) this.#replies.add(seconds, time);
    if (!this.#replies.areSlow) return this.#step(time);
    const { lately, usually } = this.#replies;
    const reason = `the relay takes ${lately.toFixed(1)} s to answer, not ${usually.toFixed(1)} s`;
    return this.#cut(reason, Math.max(FLOOR, this.#top / 8), lately, time);
  }

  /** Where the governing ends. */
  get #top(): number {
    return Number.isFinite(this.#full) ? this.#full : this.#ceiling;
  }

  /** @param least no slower than this */
  #cut(
    reason: string,
    least: number,
    seconds: number,
    time: number,
  ): Turn | undefined {
    if (time - this.#cutAt < Math.max(HOLD, 2000 * seconds)) return undefined;
    this.#cutAt = time;
    this.#steppedAt = time;
    const limit = Math.min(this.#rate, this.#full);
    const base = this.#isMeasured(limit, time)
      ? Math.min(limit, this.#lately.rate(time))
      : limit;
    const rate = Math.max(least, base / 2);
    if (rate >= limit) return undefined;
    const { least: low, at } = this.#announced;
    const isFirst = this.#rate === Number.POSITIVE_INFINITY;
    if (isFirst) this.#ceiling = 2 * base;
    this.#rate = rate;
    this.#nextAt = time + MINUTE / rate;
    if (!isFirst && rate > 0.75 * low && time - at < NEWS) return undefined;
    const news = isFirst ? rate : Math.min(low, rate);
    this.#announced = { at: time, rate, least: news };
    return { kind: "slower", rate, reason };
  }

  /** Whether what was sent counts: half of a limit that nobody comes near is no relief. */
  #isMeasured(limit: number, time: number): boolean {
    return (
      limit === Number.POSITIVE_INFINITY ||
      this.#lately.messages(time) >= ENOUGH
    );
  }

  #step(time: number): Turn | undefined {
    if (this.#rate === Number.POSITIVE_INFINITY) return undefined;
    if (time - this.#steppedAt < STEP) return undefined;
    this.#steppedAt = time;
    this.#rate += Math.sqrt(this.#top * this.#rate) / 20;
    if (this.#rate >= this.#top) {
      this.#rate = Number.POSITIVE_INFINITY;
      this.#nextAt = Number.NEGATIVE_INFINITY;
      const reason = "the relay is well again";
      return { kind: "free", rate: this.#full, reason };
    }
    const { rate, at } = this.#announced;
    if (this.#rate < 2 * rate || time - at < NEWS) return undefined;
    this.#announced = { ...this.#announced, at: time, rate: this.#rate };
    return {
      kind: "faster",
      rate: this.#rate,
      reason: "the relay does better",
    };
  }
}

/** A turn as a line of the log. */
export function sentence({ kind, rate, reason }: Turn): string {
  if (kind === "free") return `${reason}: full pace`;
  const most = plural(Math.floor(rate), "message", "messages");
  return `${reason}: ${kind}, at most ${most} a minute`;
}
