/**
 * What the policy of a list says to a deed: its lines in order, the list's own before the ready-made
 * ones, and the first that fits decides.
 */
import { areIn, wallClock } from "../../base/hours.ts";
import { isShown } from "../../mail/authres.ts";
import type { ListSettings } from "../schema/list.ts";
import type { Deed } from "../schema/people.ts";
import type { Condition, Test } from "./condition.ts";
import type { Facts } from "./facts.ts";
import { fits, type Glob, globOf } from "./glob.ts";
import { readyLines } from "./ready.ts";
import { type Action, type Rule, ruleIn } from "./rule.ts";

/** A line of a policy. */
export interface Line {
  /** As it is written. */
  readonly line: string;
  /** "rules.post, line 2", or `policy "members", line 1`. */
  readonly where: string;
  /** Which of its kind, from 1. */
  readonly number: number;
  /** Whether it is one of the list's settings. */
  readonly own: boolean;
  readonly rule: Rule;
}

export interface Decision {
  readonly action: Action;
  /** What people are told; "" where the line has no text. */
  readonly text: string;
  /** The line that decides. */
  readonly rule: string;
  readonly where: string;
}

/** What of a list's settings makes its policy. */
export type Settings = Pick<ListSettings, "rules" | "policy" | "others">;

const known = new WeakMap<Settings, Map<Deed, readonly Line[]>>();

/** All lines for a deed, in order. The last one always fits. */
export function linesOf(deed: Deed, settings: Settings): readonly Line[] {
  const of = known.get(settings) ?? new Map<Deed, readonly Line[]>();
  known.set(settings, of);
  const lines = of.get(deed) ?? [
    ...settings.rules[deed].map((line, at) => ({
      ...parsed(line, at),
      own: true,
      where: `rules.${deed}, line ${at + 1}`,
    })),
    ...readyLines(deed, settings.policy, settings.others).map((line, at) => ({
      ...parsed(line, at),
      own: false,
      where: `policy "${settings.policy}", line ${at + 1}`,
    })),
  ];
  of.set(deed, lines);
  return lines;
}

function parsed(line: string, at: number) {
  return { line, number: at + 1, rule: ruleIn(line) };
}

/** Milliseconds in which rules count an author's posts, at the most; 0 where none does. */
export function longestWindow(deed: Deed, settings: Settings): number {
  const windows = linesOf(deed, settings).flatMap(({ rule }) =>
    rule.conditions.map(({ test }) => (test.is === "posts" ? test.within : 0)),
  );
  return Math.max(0, ...windows);
}

/** What is decided. Throws a Failure (try later) where a fact cannot be told now. */
export async function decide(
  deed: Deed,
  settings: Settings,
  facts: Facts,
): Promise<Decision> {
  for (const line of linesOf(deed, settings)) {
    const { rule } = line;
    if ((await failing(rule, facts)) !== undefined) continue;
    return {
      action: rule.action,
      text: rule.text,
      rule: line.line,
      where: line.where,
    };
  }
  throw new Error(`no line of the policy decides: ${deed}`);
}

/** The first condition that does not hold; undefined: the rule fits. */
export async function failing(
  { conditions }: Rule,
  facts: Facts,
): Promise<Condition | undefined> {
  for (const condition of conditions)
    if ((await holds(condition.test, facts)) === condition.not)
      return condition;
  return undefined;
}

async function holds(test: Test, facts: Facts): Promise<boolean> {
  switch (test.is) {
    case "member":
      return facts.isMember();
    case "moderated":
    case "free":
      return (await facts.person())?.moderation === test.is;
    case "suspended":
      return (await facts.person())?.suspended !== undefined;
    case "role":
      return facts.hasRole(test.role);
    case "from":
      return fits(ready(test.glob), facts.author);
    case "sender":
      return fits(ready(test.glob), facts.sender);
    case "subject":
      return fits(ready(test.glob), facts.subject());
    case "header": {
      const glob = ready(test.glob);
      return facts.fields(test.name).some((value) => fits(glob, value));
    }
    case "attachment": {
      const glob = ready(test.glob);
      const all = await facts.attachments();
      return all.some(({ type, name }) => fits(glob, type) || fits(glob, name));
    }
    case "size":
      return facts.size > test.over;
    case "recipients":
      return facts.recipients() > test.over;
    case "posts":
      return (await facts.posts(test.within)) + 1 > test.over;
    case "time": {
      const { weekday, minute } = wallClock(facts.now, facts.timezone);
      return areIn(test.hours, weekday, minute);
    }
    case "auth":
      return isShown(facts.results(), facts.from);
    case "result":
      return facts
        .results()
        .some(
          ({ method, result }) =>
            method === test.method && result === test.result,
        );
  }
}

const globs = new Map<string, Glob>();

/** Globs of settings: few, and asked again and again. */
function ready(text: string): Glob {
  const glob = globs.get(text) ?? globOf(text);
  if (globs.size > 10_000) globs.clear();
  globs.set(text, glob);
  return glob;
}
