/**
 * What the policy of a list says to a deed: its lines in order, the list's own before the ready-made
 * ones, and the first that fits decides.
 */
import { areIn, wallClock } from "../../base/hours.ts";
import { plural } from "../../base/log.ts";
import { isShown } from "../../mail/authres.ts";
import type { ListSettings } from "../schema/list.ts";
import type { Deed } from "../schema/people.ts";
import { type Condition, conditionText, type Test } from "./condition.ts";
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

type Settings = Pick<ListSettings, "rules" | "policy" | "others">;

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

/** What came of a line. */
export interface Outcome extends Line {
  /** The first condition that does not hold; undefined: the line decides. */
  readonly failed: string | undefined;
  /** What there is instead, where that helps. */
  readonly because: string | undefined;
}

/** Every line up to the one that decides. */
export async function explained(
  deed: Deed,
  settings: Settings,
  facts: Facts,
): Promise<Outcome[]> {
  const found: Outcome[] = [];
  for (const line of linesOf(deed, settings)) {
    const condition = await failing(line.rule, facts);
    const failed = condition && conditionText(condition);
    const because = condition && (await instead(condition.test, facts));
    found.push({ ...line, failed, because });
    if (condition === undefined) return found;
  }
  throw new Error(`no line of the policy decides: ${deed}`);
}

/** The first condition that does not hold. */
async function failing(
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

/** What there is, for a person who wonders. */
async function instead(test: Test, facts: Facts): Promise<string | undefined> {
  switch (test.is) {
    case "moderated":
    case "free":
    case "suspended": {
      const person = await facts.person();
      return person
        ? `moderation is ${person.moderation ?? "default"}${person.suspended === undefined ? "" : ", suspended"}`
        : "not in the roster";
    }
    case "from":
      return facts.author || "nobody is named";
    case "sender":
      return facts.sender || "the null sender";
    case "subject":
      return facts.subject();
    case "header":
      return facts.fields(test.name).join("; ") || "there is none";
    case "attachment":
      return (
        (await facts.attachments())
          .map(({ type, name }) => (name ? `${type} ${name}` : type))
          .join(", ") || "there is none"
      );
    case "size":
      return plural(facts.size, "byte", "bytes");
    case "recipients":
      return plural(facts.recipients(), "address", "addresses");
    case "posts":
      return `this is number ${(await facts.posts(test.within)) + 1}`;
    case "time": {
      const { weekday, minute } = wallClock(facts.now, facts.timezone);
      return `${weekdays[weekday]} ${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, "0")}`;
    }
    case "auth":
    case "result":
      return (
        facts
          .results()
          .map(({ method, result }) => `${method}=${result}`)
          .join(", ") || "no Authentication-Results that are believed"
      );
    case "member":
    case "role":
      return undefined;
  }
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const globs = new Map<string, Glob>();

/** Globs of settings: few, and asked again and again. */
function ready(text: string): Glob {
  const glob = globs.get(text) ?? globOf(text);
  if (globs.size > 10_000) globs.clear();
  globs.set(text, glob);
  return glob;
}
