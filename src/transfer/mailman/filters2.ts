/**
 * Mailman 2: posts that wait for what they look like: their size, their recipients, their header.
 * Pure.
 */
import type { Account, When } from "../account.ts";
import { type Counterparts, moot } from "../counterparts.ts";
import { globsOf } from "../glob.ts";
import {
  administrivia,
  headerConditions,
  unaddressed,
  valueConditions,
} from "../headers.ts";
import type { PythonValue } from "../python/literal.ts";
import { type Action, ruleLine } from "../rules.ts";
import {
  numberOf,
  type Source2,
  severalOf,
  type Two,
  textOf,
} from "./source2.ts";

const ceiling =
  (condition: (most: number) => string): Two =>
  (value, account, _source, name) => {
    const most = numberOf(value) ?? 0;
    if (most <= 0) account.needless(name, value, "no limit");
    else account.ruled(name, value, "post", [`hold if ${condition(most)}`]);
  };

/** The actions of header rules by their number. */
const actions: Readonly<Record<number, Action>> = {
  2: "reject",
  3: "discard",
  6: "accept",
  7: "hold",
};

const headerRules: Two = (value, account, _source, name) => {
  const rules = Array.isArray(value) ? value : [];
  if (rules.length === 0) account.needless(name, value, "none");
  for (const rule of rules) {
    const [patterns, number] = Array.isArray(rule) ? rule : [rule];
    const action = actions[numberOf(number) ?? 0];
    for (const line of textOf(patterns).split("\n")) {
      const pattern = line.trim();
      if (pattern === "" || pattern.startsWith("#")) continue;
      if (action === undefined)
        account.needless(name, pattern, "it is deferred");
      else
        headerLine(account, name, pattern, headerConditions(pattern), action);
    }
  }
};

/** A rule for each condition, or a loss. */
export function headerLine(
  account: Account,
  name: string,
  pattern: string,
  conditions: readonly string[] | undefined,
  action: Action,
  when: When = "filter",
): void {
  const lines = conditions?.map((one) => ruleLine(action, [one]));
  if (lines) account.ruled(name, pattern, "post", lines, when);
  else
    account.lose(
      name,
      `${action}: ${pattern}`,
      "no glob (* and ?) over a field of the header says what this regular expression says",
      "a line of your own in rules.post, or an approve hook (docs/hooks.md)",
    );
}

/** What Mailman writes into a new list, as an example. */
const EXAMPLES = [
  "friend@public.com",
  "relay.comanche.denmark.eu",
  "list@listme.com",
  ".*@uplinkpro.com",
];

const oldHeaders: Two = (value, account, _source, name) => {
  const lines = textOf(value)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .filter((line) => !EXAMPLES.some((one) => line.endsWith(one)));
  if (lines.length === 0)
    account.needless(name, value, "none but Mailman's examples");
  for (const line of lines) {
    const at = line.indexOf(":");
    const conditions =
      at > 0
        ? valueConditions(line.slice(0, at), line.slice(at + 1).trim())
        : undefined;
    headerLine(account, name, line, conditions, "hold", "check");
  }
};

/** Posts must name the list, or one of its other names. */
const destination: Two = (value, account, source, name) => {
  if (numberOf(value) === 0) return account.needless(name, value, "off");
  const local = source.address.slice(0, source.address.lastIndexOf("@") + 1);
  const globs = [local];
  for (const alias of severalOf(source.values.get("acceptable_aliases"))) {
    const pattern = alias.trim();
    if (pattern === "") continue;
    const found = globsOf(
      pattern.startsWith("^") ? pattern : `^${pattern}`,
    )?.map((glob) => glob.replace(/\*$/, ""));
    if (found) globs.push(...found);
    else
      account.lose(
        "acceptable_aliases",
        pattern,
        "no glob says what this regular expression says",
        "a line of your own in rules.post, before: hold if not header To",
      );
  }
  const all = unaddressed(globs);
  account.ruled(name, value, "post", [all && ruleLine("hold", all)]);
};

const verbose: Two = (value, account, source, name) => {
  const most = numberOf(value) ?? 0;
  const seconds = source.number("member_verbosity_interval", 300);
  if (most <= 0) account.needless(name, value, "off");
  else
    account.ruled(name, value, "post", [
      `hold if member and posts > ${Math.max(most - 1, 0)} in ${seconds}s`,
    ]);
};

export const filters2: Counterparts<PythonValue, Source2> = {
  member_verbosity_threshold: verbose,
  member_verbosity_interval: moot("see: member_verbosity_threshold"),
  max_message_size: ceiling((most) => `size > ${Math.ceil(most)}KB`),
  max_num_recipients: ceiling((most) => `recipients > ${Math.ceil(most) - 1}`),
  require_explicit_destination: destination,
  acceptable_aliases: (value, account, source, name) =>
    source.flag("require_explicit_destination", true) &&
    severalOf(value).some((one) => one.trim() !== "")
      ? account.keep(name, value, "see: require_explicit_destination")
      : account.needless(name, value, "none"),
  administrivia: (value, account, _source, name) =>
    numberOf(value) === 0
      ? account.needless(name, value, "off")
      : account.ruled(name, value, "post", administrivia),
  header_filter_rules: headerRules,
  bounce_matching_headers: oldHeaders,
};
