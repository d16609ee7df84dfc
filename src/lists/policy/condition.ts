/**
 * The conditions of a rule: how each is read from words and written as words. Pure.
 */

import { type Hours, hoursText, parseHours } from "../../base/hours.ts";
import {
  byteCount,
  DAY,
  durationText,
  milliseconds,
  sizeText,
} from "../../base/units.ts";
import { type PersonRole, personRoles } from "../../state/member.ts";
import type { Reader } from "./reader.ts";
import { wordFor } from "./words.ts";

/** Those of a person that need no further word. */
export const traits = ["member", "moderated", "free", "suspended"] as const;
/** What Authentication-Results tell that a rule may ask for. */
export const methods = ["spf", "dkim", "dmarc"] as const;
export const results = [
  "pass",
  "fail",
  "softfail",
  "neutral",
  "none",
  "policy",
  "temperror",
  "permerror",
] as const;

export type Method = (typeof methods)[number];

const globs = ["from", "sender", "subject", "attachment"] as const;

export type Test =
  | { readonly is: (typeof traits)[number] }
  | { readonly is: "role"; readonly role: PersonRole }
  | { readonly is: (typeof globs)[number]; readonly glob: string }
  | { readonly is: "header"; readonly name: string; readonly glob: string }
  | { readonly is: "size" | "recipients"; readonly over: number }
  | { readonly is: "posts"; readonly over: number; readonly within: number }
  | { readonly is: "time"; readonly hours: Hours }
  /** The author is shown to be who it says. */
  | { readonly is: "auth" }
  | {
      readonly is: "result";
      readonly method: Method;
      readonly result: (typeof results)[number];
    };

export type Condition = { readonly not: boolean; readonly test: Test };

/** The words that a condition may begin with. */
export const beginnings = [
  ...traits,
  "role",
  ...globs,
  "header",
  "size",
  "auth",
  "time",
  "posts",
  "recipients",
] as const;

/** What may stand behind such a word, for errors and the manual. */
export const usage: Readonly<Record<string, string>> = {
  role: "role owner, role moderator or role poster",
  from: "from GLOB, such as from *@example.org",
  sender: "sender GLOB, such as sender *@example.org",
  subject: 'subject GLOB, such as subject "*out of office*"',
  attachment: "attachment GLOB, such as attachment image/* or attachment *.exe",
  header: "header NAME GLOB, such as header X-Spam-Flag yes",
  size: "size > SIZE, such as size > 1MB",
  recipients: "recipients > NUMBER, such as recipients > 20",
  posts: "posts > NUMBER in DURATION, such as posts > 5 in 1h",
  time: 'time "HOURS", such as time "22:00-06:00" or time "sat,sun 00:00-24:00"',
  auth: `auth pass, or auth with spf, dkim or dmarc and a result: auth dkim=pass; results are ${results.join(", ")}`,
};

/** Reads one condition. The reader throws what is wrong. */
export function readCondition(words: Reader): Condition {
  const not = words.takes("not");
  const is = words.oneOf(
    beginnings,
    not ? "a condition behind not" : "a condition",
  );
  return { not, test: testOf(is, words) };
}

function testOf(is: (typeof beginnings)[number], words: Reader): Test {
  const must = usage[is] ?? "";
  switch (is) {
    case "member":
    case "moderated":
    case "free":
    case "suspended":
      return { is };
    case "role":
      return { is, role: words.oneOf(personRoles, "a role") };
    case "from":
    case "sender":
    case "subject":
    case "attachment":
      return { is, glob: words.value(must, (text) => text) };
    case "header": {
      const name = words.value(must, (text) =>
        /^[!-9;-~]{1,100}$/.test(text) ? text : undefined,
      );
      return { is, name, glob: words.value(must, (text) => text) };
    }
    case "size":
      words.must(">", must);
      return { is, over: words.value(must, byteCount) };
    case "recipients":
      words.must(">", must);
      return { is, over: words.value(must, number) };
    case "posts": {
      words.must(">", must);
      const over = words.value(must, number);
      words.must("in", must);
      return { is, over, within: words.value(must, upToAYear) };
    }
    case "time":
      return { is, hours: words.value(must, parseHours) };
    case "auth": {
      const [method, result] = words.value(must, authOf);
      if (method === undefined || result === undefined) return { is };
      return { is: "result", method, result };
    }
  }
}

/** The condition as it is read. */
export function conditionText({ not, test }: Condition): string {
  return `${not ? "not " : ""}${testText(test)}`;
}

function testText(test: Test): string {
  switch (test.is) {
    case "member":
    case "moderated":
    case "free":
    case "suspended":
      return test.is;
    case "role":
      return `role ${test.role}`;
    case "from":
    case "sender":
    case "subject":
    case "attachment":
      return `${test.is} ${wordFor(test.glob)}`;
    case "header":
      return `header ${wordFor(test.name)} ${wordFor(test.glob)}`;
    case "size":
      return `size > ${sizeText(test.over)}`;
    case "recipients":
      return `recipients > ${test.over}`;
    case "posts":
      return `posts > ${test.over} in ${durationText(test.within)}`;
    case "time":
      return `time ${wordFor(hoursText(test.hours))}`;
    case "auth":
      return "auth pass";
    case "result":
      return `auth ${test.method}=${test.result}`;
  }
}

function number(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function upToAYear(text: string): number | undefined {
  const found = milliseconds(text);
  return found !== undefined && found <= 365 * DAY ? found : undefined;
}

/** An empty pair for `pass`. */
function authOf(text: string) {
  if (text === "pass") return [] as const;
  const [left, right, more] = text.split("=");
  const method = methods.find((one) => one === left);
  const result = results.find((one) => one === right);
  return method && result && more === undefined
    ? ([method, result] as const)
    : undefined;
}
