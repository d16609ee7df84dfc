/**
 * What the options of `member add` say of a member. Pure.
 */
import type { ParseArgsOptionsConfig } from "node:util";
import { exit, Failure } from "../../base/errors.ts";
import { momentOf } from "../../base/moments.ts";
import { choiceOf, languageOf } from "../../lists/memberColumns.ts";
import type { Wishes } from "../../lists/roster.ts";

export const wishOptions = {
  name: { type: "string" },
  posts: { type: "boolean" },
  digest: { type: "boolean" },
  "digest-plain": { type: "boolean" },
  nomail: { type: "boolean" },
  moderated: { type: "boolean" },
  free: { type: "boolean" },
  default: { type: "boolean" },
  language: { type: "string" },
  away: { type: "string" },
  back: { type: "boolean" },
  "own-copy": { type: "string" },
  duplicates: { type: "string" },
  acknowledge: { type: "string" },
} as const satisfies ParseArgsOptionsConfig;

/** The values of the options, as they were given. */
export type Given = Readonly<Record<string, string | boolean | undefined>>;

const plain: Readonly<Record<string, Wishes>> = {
  posts: { delivery: "posts" },
  digest: { delivery: "digest-mime" },
  "digest-plain": { delivery: "digest-plain" },
  nomail: { delivery: "nomail" },
  moderated: { moderation: "moderated" },
  free: { moderation: "free" },
  default: { moderation: "default" },
  back: { away: null },
};

const flags = {
  "own-copy": "ownCopy",
  duplicates: "duplicates",
  acknowledge: "acknowledge",
} as const;

/** Of each only one can hold. */
const groups = [
  ["posts", "digest", "digest-plain", "nomail"],
  ["moderated", "free", "default"],
  ["away", "back"],
];

/** @param now milliseconds since 1970. Throws a Failure where an option cannot be meant. */
export function wishesOf(given: Given, now: number): Wishes {
  for (const group of groups) {
    const chosen = group.filter((name) => given[name]);
    if (chosen.length > 1)
      throw new Failure(
        exit.usage,
        `--${chosen.join(" and --")} cannot both hold`,
      );
  }
  let wishes: Wishes = {};
  for (const [name, value] of Object.entries(given))
    if (value !== undefined)
      wishes = { ...wishes, ...wishOf(name, value, now) };
  return wishes;
}

function wishOf(name: string, value: string | boolean, now: number): Wishes {
  if (typeof value === "boolean") return (value && plain[name]) || {};
  if (name === "name") return { name: value };
  if (name === "language") {
    const language = languageOf(value);
    if (language !== undefined) return { language };
    throw wrong(name, value, "a language such as en or pt-BR, or -");
  }
  if (name === "away") {
    const away = momentOf(value);
    if (away !== undefined && away > now) return { away };
    const takes = "a date that is still to come, such as 2030-12-24";
    throw wrong(name, value, takes);
  }
  const choice = choiceOf(value);
  if (choice === undefined) throw wrong(name, value, "yes, no or -");
  return { [flags[name as keyof typeof flags]]: choice };
}

function wrong(name: string, value: string, takes: string): Failure {
  return new Failure(exit.usage, `--${name} takes ${takes}, not "${value}"`);
}
