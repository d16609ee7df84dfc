/**
 * Trouble on the way: where mail to many members of a list, or of one domain, comes back on one day,
 * they are not to blame. The day counts for nothing then, nobody is judged on it, and the owners hear
 * of it once.
 */
import { breath } from "../../base/breath.ts";
import { HOUR } from "../../base/units.ts";
import { domainOf } from "../../mail/address.ts";
import { type Bounce, dayOf, isAboutMember } from "../../state/bounce.ts";
import type { Count } from "../../state/bounceDays.ts";
import type { State } from "../../state/state.ts";

/** Fewer members than this never are many. */
export const FEW = 10;
/** Addresses that a list had are counted anew after so long, milliseconds. */
const FRESH = HOUR;

/** What is counted of a bounce: members of the list, of a domain, and who refused a post. */
export function scopesFor({ unsigned }: { readonly unsigned: boolean }) {
  return (
    { kind, trust, key, post }: Bounce,
    isFirstOfDay: boolean,
  ): readonly string[] => {
    if (trust === "late" || key === "") return [];
    if (trust === "unsigned" && !unsigned) return [];
    if (kind === "message") return [scopeOfPost(post)];
    return isAboutMember(kind) && isFirstOfDay ? ["", scopeOf(key)] : [];
  };
}

export function scopeOfPost(post: string): string {
  return `post ${post}`;
}

export function scopeOf(key: string): string {
  return `@${domainOf(key)}`;
}

export interface Limits {
  /** Of a hundred. */
  readonly warn: number;
  readonly halt: number;
}

/** What was found out just now. */
export interface Trouble {
  readonly kind: "warn" | "halt";
  /** "": the list; else a domain, with its @. */
  readonly scope: string;
  /** How many came back, */
  readonly n: number;
  /** of how many. */
  readonly of: number;
}

type Needed = Pick<State, "bounceDays" | "members" | "sizes">;

/** Of a week, the days on which a domain may be in trouble: from then on it is the domain's own. */
const LASTS = 3;
const WEEK = 7;

/**
 * Looks whether a day has become one of trouble, for what was new in it; a day of trouble is marked.
 * @param list in lower case
 * @returns what there is to be told; where the list is in trouble as a whole, what is worse than that. The
 *   same trouble may be found again
 */
export async function troubleIn(
  state: Needed,
  list: string,
  fresh: readonly Bounce[],
  now: number,
  { warn, halt }: Limits,
): Promise<Trouble[]> {
  const day = dayOf(now);
  const scopes = new Set<string>();
  for (const one of fresh)
    if (isAboutMember(one.kind) && dayOf(one.at) === day)
      scopes.add(scopeOf(one.key)).add("");
  const found: Trouble[] = [];
  const week = await state.bounceDays.counts(list, [...scopes], day - WEEK);
  for (const { scope, n } of week.filter((one) => one.day === day)) {
    if (n < FEW) continue;
    const all = await sizeOf(state, list, scope, now);
    // Of readers whom a source brings it is not known how many there are at a domain.
    if (n > all) continue;
    const percent = (100 * n) / all;
    const isOf = (one: Count) => one.scope === scope && one.day < day;
    const before = week.filter((one) => isOf(one) && one.halted > 0);
    if (percent >= halt && (scope === "" || before.length < LASTS)) {
      await state.bounceDays.halt(list, scope, day, now);
      found.push({ kind: "halt", scope, n, of: all });
    } else if (percent >= warn && percent < halt)
      found.push({ kind: "warn", scope, n, of: all });
  }
  const [whole] = found.filter(({ scope }) => scope === "");
  if (!whole) return found;
  const isWorse = ({ kind }: Trouble) =>
    whole.kind === "warn" && kind === "halt";
  return found.filter((one) => one === whole || isWorse(one));
}

/** Days that count for nothing, for addresses of a list. */
export interface Halts {
  isHalted(key: string, day: number): boolean;
}

/** @param since the first day that matters */
export async function haltsOf(
  { bounceDays }: Pick<State, "bounceDays">,
  list: string,
  keys: readonly string[],
  since: number,
): Promise<Halts> {
  const scopes = ["", ...new Set(keys.map(scopeOf))];
  const marks = new Set<string>();
  for (const { scope, day, halted } of await bounceDays.counts(
    list,
    scopes,
    since,
  ))
    if (halted > 0) marks.add(`${day} ${scope}`);
  return {
    isHalted: (key, day) =>
      marks.has(`${day} `) || marks.has(`${day} ${scopeOf(key)}`),
  };
}

/** Whether a day counts for nothing, for one address. */
export async function isHaltedOn(
  state: Pick<State, "bounceDays">,
  list: string,
  key: string,
  day: number,
): Promise<boolean> {
  return (await haltsOf(state, list, [key], day)).isHalted(key, day);
}

/** How many members each scope of a list has, as they were counted last. */
interface Sizes {
  readonly at: number;
  readonly of: ReadonlyMap<string, number>;
}

const remembered = new WeakMap<object, Map<string, Promise<Sizes>>>();
/** Lists of which that is remembered. */
const LISTS = 100;

/** How many members a list has, or how many of them a domain. */
async function sizeOf(
  state: Needed,
  list: string,
  scope: string,
  now: number,
): Promise<number> {
  const sizes = remembered.get(state.members) ?? new Map();
  remembered.set(state.members, sizes);
  const known = await sizes.get(list);
  if (known && Math.abs(now - known.at) < FRESH)
    return known.of.get(scope) ?? 0;
  const counting = counted(state, list, now);
  if (sizes.size >= LISTS) sizes.clear();
  sizes.set(list, counting);
  counting.catch(() => sizes.delete(list));
  return (await counting).of.get(scope) ?? 0;
}

/** One look at all members does for all domains. */
async function counted(
  { members, sizes }: Needed,
  list: string,
  now: number,
): Promise<Sizes> {
  const of = new Map<string, number>();
  let all = 0;
  for await (const page of members.all(list)) {
    for (const { key } of page) {
      const scope = scopeOf(key);
      of.set(scope, (of.get(scope) ?? 0) + 1);
    }
    all += page.length;
    await breath();
  }
  // Readers whom sources bring are none of the roster.
  const last = (await sizes.get(list)) ?? 0;
  return { at: now, of: of.set("", Math.max(all, last)) };
}
