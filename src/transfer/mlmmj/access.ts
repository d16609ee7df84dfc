/**
 * mlmmj's access rules: the first whose expression fits a line of the header decides, and where none
 * does the post is denied. `allow` goes on to what else is asked of posts, so it becomes as many
 * lines as that has outcomes. Pure.
 */

import { byRole } from "../../lists/policy/ready.ts";
import type { Action } from "../../lists/policy/rule.ts";
import type { Account } from "../account.ts";
import { headerConditions, noGlob, ownRule } from "../headers.ts";
import { type Posting, policyOf } from "../posting.ts";
import { ruleLine } from "../rules.ts";

const ACTIONS = ["allow", "send", "deny", "discard", "moderate"] as const;
type Verb = (typeof ACTIONS)[number];

/** @param silent denied posts are not answered */
export function accessRules(
  account: Account,
  rules: readonly string[],
  wanted: Posting,
  silent: boolean,
): void {
  let lost = 0;
  let closed = false;
  for (const rule of rules.filter((one) => !one.startsWith("#"))) {
    const [, word = "", not, expression = ""] =
      /^(\w+)(?:\s+(!)?(.*))?$/.exec(rule) ?? [];
    const verb = ACTIONS.find((one) => one === word.toLowerCase());
    const conditions = fit(expression, not !== undefined);
    if (verb === undefined || conditions === undefined) {
      lost += 1;
      account.lose(
        "access",
        rule,
        verb === undefined ? "not a rule of mlmmj" : noGlob,
        ownRule,
      );
      continue;
    }
    closed ||= expression === "";
    const lines = conditions.flatMap((one) =>
      linesOf(verb, one, wanted, silent),
    );
    account.ruled("access", rule, "post", lines, "filter");
  }
  if (closed) return;
  // Where a rule is missing, a person looks instead: it may have let the post pass.
  const rest = lost > 0 ? "hold" : silent ? "discard" : "reject";
  account.ruled("access", "(no rule fits)", "post", [rest], "filter");
}

/** Each of these holds where the expression fits; all at once where it is negated. */
function fit(
  expression: string,
  not: boolean,
): (readonly string[])[] | undefined {
  if (expression === "") return [[]];
  const conditions = headerConditions(expression);
  if (conditions === undefined) return undefined;
  return not
    ? [conditions.map((one) => `not ${one}`)]
    : conditions.map((one) => [one]);
}

function linesOf(
  verb: Verb,
  when: readonly string[],
  wanted: Posting,
  silent: boolean,
): (string | undefined)[] {
  const line = (action: Action, also: readonly string[] = []) =>
    ruleLine(action, [...when, ...also]);
  switch (verb) {
    case "send":
      return [line("accept")];
    case "deny":
      return [line(silent ? "discard" : "reject")];
    case "discard":
      return [line("discard")];
    case "moderate":
      return [line("hold")];
    case "allow":
      return [
        ...(when.length === 0 ? known(wanted) : []),
        ...allowed(line, wanted),
      ];
  }
}

/**
 * What a bare `allow` is the end of must not be the end of those who have a role, who are free, or whose
 * posts somebody wants to see first.
 */
function known(wanted: Posting): readonly string[] {
  if (policyOf(wanted) === "announce") return [];
  const free = wanted.members === "accept" ? [] : ["accept if free"];
  return [...byRole, ...free, "hold if moderated"];
}

function allowed(
  line: (action: Action, also?: readonly string[]) => string | undefined,
  wanted: Posting,
): (string | undefined)[] {
  if (policyOf(wanted) === "announce")
    return [
      line("accept", ["role owner"]),
      line("accept", ["role moderator"]),
      line("accept", ["role poster"]),
      line(wanted.others),
    ];
  if (wanted.members === wanted.others) return [line(wanted.members)];
  return [line(wanted.members, ["member"]), line(wanted.others)];
}
