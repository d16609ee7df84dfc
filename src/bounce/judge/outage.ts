/**
 * Trouble on the way: where mail to many members of a list, or of one domain, comes back on one day,
 * they are not to blame. The day counts for nothing then, nobody is judged on it, and the owners hear
 * of it once.
 */
import { breath } from "../../base/breath.ts";
import { HOUR } from "../../base/units.ts";
import { domainOf } from "../../mail/address.ts";
import { type Bounce, dayOf, isAboutMember } from "../../state/bounces.ts";
import type { State } from "../../state/state.ts";

/** Fewer members than this never are many. */
export const FEW = 10;
/** Addresses that a list had are counted anew after so long, milliseconds. */
const FRESH = HOUR;

/** What is counted of a bounce: members of the list, of a domain, and who refused a post. */
export function scopesOf(
  { kind, trust, key, post }: Bounce,
  isFirstOfDay: boolean,
): readonly string[] {
  if (trust === "late" || key === "") return [];
  if (kind === "message") return [`post ${post}`];
  return isAboutMember(kind) && isFirstOfDay ? ["", scopeOf(key)] : [];
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

type Needed = Pick<State, "bounces" | "members">;

/**
 * Looks whether a day has become one of trouble, for what was new in it; a day of trouble is marked.
 * @param list in lower case
 * @returns what there is to be told; the same trouble may be found again
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
  const counts = await state.bounces.counts(list, [...scopes], day);
  for (const { scope, n, day: of } of counts) {
    if (of !== day || n < FEW) continue;
    const all = await sizeOf(state, list, scope, now);
    const percent = (100 * n) / Math.max(all, n);
    if (percent >= halt) {
      await state.bounces.halt(list, scope, day, now);
      found.push({ kind: "halt", scope, n, of: all });
    } else if (percent >= warn) found.push({ kind: "warn", scope, n, of: all });
  }
  return found;
}

/** Days that count for nothing, for addresses of a list. */
export interface Halts {
  isHalted(key: string, day: number): boolean;
}

/** @param since the first day that matters */
export async function haltsOf(
  { bounces }: Pick<State, "bounces">,
  list: string,
  keys: readonly string[],
  since: number,
): Promise<Halts> {
  const scopes = ["", ...new Set(keys.map(scopeOf))];
  const marks = new Set<string>();
  for (const { scope, day, halted } of await bounces.counts(
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
  state: Pick<State, "members">,
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
  { members }: Pick<State, "members">,
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
  return { at: now, of: of.set("", all) };
}
