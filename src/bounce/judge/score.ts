/**
 * How sure it is that mail to a member comes back: a number that grows by one a day at most, fades, and
 * begins anew after a while without a bounce. Pure.
 */
import { DAY } from "../../base/units.ts";
import type { Bounce } from "../../state/bounce.ts";
import { counts, dayOf } from "../../state/bounce.ts";

/** The settings that decide. Durations are milliseconds. */
export interface Rules {
  readonly threshold: number;
  readonly days: number;
  readonly posts: number;
  readonly stale: number;
  readonly half_life: number;
  readonly unsigned: boolean;
}

export interface Score {
  /** Days on which mail came back count 1, or a half; older ones less. */
  readonly score: number;
  /** On how many days, */
  readonly days: number;
  /** and of how many posts. */
  readonly posts: number;
  /** The last of those that count. */
  readonly last: Bounce | undefined;
  /** Whether it is enough to do something. */
  readonly isReached: boolean;
}

const HARD = 1;
const SOFT = 0.5;

/**
 * @param bounces of one address and list, oldest first
 * @param now milliseconds since 1970
 * @param isHalted whether a day counts for nothing
 */
export function scoreOf(
  bounces: readonly Bounce[],
  now: number,
  rules: Rules,
  isHalted: (day: number) => boolean,
): Score {
  let days = new Map<number, number>();
  let posts = new Set<string>();
  let last: Bounce | undefined;
  for (const bounce of bounces) {
    if (!isCounted(bounce, rules) || isHalted(dayOf(bounce.at))) continue;
    if (last && bounce.at - last.at > rules.stale) {
      days = new Map();
      posts = new Set();
    }
    last = bounce;
    // The same post again says nothing new.
    if (posts.has(bounce.post)) continue;
    posts.add(bounce.post);
    const day = dayOf(bounce.at);
    const weight = bounce.kind === "hard" ? HARD : SOFT;
    days.set(day, Math.max(days.get(day) ?? 0, weight));
  }
  if (!last || now - last.at > rules.stale) return none;
  const today = dayOf(now);
  const halves = rules.half_life / DAY;
  let score = 0;
  for (const [day, weight] of days)
    score += weight * 2 ** (-Math.max(0, today - day) / halves);
  const isReached =
    score >= rules.threshold &&
    days.size >= rules.days &&
    posts.size >= rules.posts;
  return { score, days: days.size, posts: posts.size, last, isReached };
}

const none = {
  score: 0,
  days: 0,
  posts: 0,
  last: undefined,
  isReached: false,
} as const;

/** Whether a member may be judged by it, as the settings are. */
export function isCounted(
  bounce: Bounce,
  { unsigned }: Pick<Rules, "unsigned">,
): boolean {
  return counts(bounce) && (unsigned || bounce.trust !== "unsigned");
}
