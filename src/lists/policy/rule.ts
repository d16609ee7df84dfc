/**
 * A rule of a policy, as a line of text: ACTION ["TEXT"] [if CONDITION {and CONDITION}]. A line is
 * read and written; docs/policy.md is its manual. Pure.
 */
import { type Condition, conditionText, readCondition } from "./condition.ts";
import { Reader, WrongWord } from "./reader.ts";
import { quoted, wordsOf } from "./words.ts";

export const actions = [
  "accept",
  "hold",
  "reject",
  "discard",
  "confirm",
] as const;

export type Action = (typeof actions)[number];

export interface Rule {
  readonly action: Action;
  /** What people are told; "" where the rule has none. */
  readonly text: string;
  /** All of them must hold; none: it always does. */
  readonly conditions: readonly Condition[];
}

/** What is wrong with a line, as a sentence. */
export interface Wrong {
  readonly wrong: string;
}

/** Reads a line. */
export function parseRule(line: string): Rule | Wrong {
  const words = wordsOf(line);
  if (words === undefined)
    return {
      wrong: `a quote is not closed, or something stands right behind one: ${line}`,
    };
  try {
    return ruleOf(new Reader(words));
  } catch (error) {
    if (error instanceof WrongWord) return { wrong: error.message };
    throw error;
  }
}

function ruleOf(words: Reader): Rule {
  const action = words.oneOf(actions, "an action");
  const text = words.quotedText() ?? "";
  const conditions: Condition[] = [];
  if (words.takes("if"))
    do conditions.push(readCondition(words));
    while (words.takes("and"));
  if (!words.isDone)
    words.refuse(
      conditions.length > 0
        ? "and with a further condition may stand here, or nothing"
        : text === ""
          ? `a "text" in quotes may stand here, or if with a condition`
          : "if with a condition may stand here, or nothing",
    );
  return { action, text, conditions };
}

/** The line of a rule, as `parseRule` reads it. */
export function ruleText({ action, text, conditions }: Rule): string {
  const told = text === "" ? "" : ` ${quoted(text)}`;
  const when = conditions.map(conditionText).join(" and ");
  return `${action}${told}${when && ` if ${when}`}`;
}

/** Reads a line that was checked before. Throws where it is wrong all the same. */
export function ruleIn(line: string): Rule {
  const rule = parseRule(line);
  if ("wrong" in rule) throw new TypeError(`${line}: ${rule.wrong}`);
  return rule;
}
