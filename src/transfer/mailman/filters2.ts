/**
 * Mailman 2: posts that wait for what they look like: their size, their recipients, their header.
 * Pure.
 */

import type { Action } from "../../lists/policy/rule.ts";
import { localOf } from "../../mail/address.ts";
import { type Counterparts, moot } from "../counterparts.ts";
import { globsOf } from "../glob.ts";
import {
  administrivia,
  headerConditions,
  headerLine,
  valueConditions,
} from "../headers.ts";
import type { PythonValue } from "../python/literal.ts";
import { ceiling, destination, recipientsOver, sizeOver } from "./both.ts";
import {
  numberOf,
  type Source2,
  severalOf,
  type Two,
  textOf,
} from "./source2.ts";

const most =
  (condition: (most: number) => string): Two =>
  (value, account, _source, name) =>
    ceiling(account, name, value, numberOf(value) ?? 0, condition);

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

const named: Two = (value, account, source, name) => {
  if (numberOf(value) === 0) return account.needless(name, value, "off");
  const aliases = severalOf(source.values.get("acceptable_aliases"))
    .map((alias) => alias.trim())
    .filter((alias) => alias !== "");
  const local = `${localOf(source.address)}@`;
  destination(account, name, value, local, aliases, (alias) =>
    globsOf(alias.startsWith("^") ? alias : `^${alias}`)?.map((glob) =>
      glob.replace(/\*$/, ""),
    ),
  );
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
  max_message_size: most(sizeOver),
  max_num_recipients: most(recipientsOver),
  require_explicit_destination: named,
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
