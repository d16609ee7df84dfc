/**
 * Mailman 2: what becomes of each attribute of a list, but for those about people and posts that
 * wait (moderation2). Names and values as Mailman 2.1.39 has them. Pure.
 */

import { domainOf, localOf } from "../../mail/address.ts";
import type { Account } from "../account.ts";
import { type Counterparts, gone, moot, same } from "../counterparts.ts";
import { filledList, footer, wordsLost } from "../footers.ts";
import type { PythonValue } from "../python/literal.ts";
import { languageOf, plain, prefixOf } from "../texts.ts";
import { replies, spoken } from "./both.ts";
import { elsewhere2 } from "./elsewhere2.ts";
import { moderation2 } from "./moderation2.ts";
import {
  bits,
  numberOf,
  type Source2,
  severalOf,
  type Two,
  textOf,
} from "./source2.ts";
import { said } from "./texts2.ts";

const people =
  (role: "owner" | "moderator"): Two =>
  (value, account, _source, name) => {
    const good = severalOf(value).filter((one) =>
      account.role(name, one, role),
    );
    if (good.length > 0) account.keep(name, good, `${role}s`);
    else account.needless(name, value, "nobody");
  };

/** The text of a footer with Mailman's words filled in. */
function footerOf(source: Source2, text: string) {
  const local = localOf(source.address);
  const words: Record<string, string> = {
    real_name: plain(source.text("real_name") || local),
    list_name: local,
    _internal_name: local,
    host_name: domainOf(source.address),
    description: plain(source.text("description")),
    info: plain(source.text("info")),
    cgiext: "",
    ...(source.flag("personalize") && {
      user_address: "{{address}}",
      user_delivered_to: "{{address}}",
    }),
  };
  const dollars = source.flag("use_dollar_strings");
  const word = dollars ? /\$(?:\{(\w+)\}|(\w+))/g : /%\((\w+)\)[sd]/g;
  const whole = /%\((?:real_name|_internal_name)\)s@%\(host_name\)s/g;
  return filledList(text, whole, word, words);
}

const msgFooter: Two = (value, account, source, name) => {
  const made = footerOf(source, textOf(value));
  if (made.text.trim() !== "") return footer(account, name, value, made);
  account.needless(name, value, "empty");
  wordsLost(account, name, made.unknown);
};

const replyTo: Two = (value, account, source, name) => {
  const how = numberOf(value) ?? 0;
  replies(account, name, value, {
    how: how === 0 ? "author" : how === 1 ? "list" : "to",
    said: `${how}`,
    to: source.text("reply_to_address"),
    list: source.address,
  });
};

/** The options that new members get. */
const options: Two = (value, account, _source, name) => {
  const set = numberOf(value) ?? 0;
  const own = (set & bits.notOwn) === 0;
  const twice = (set & bits.noDuplicates) === 0;
  account.put("own_copy", own);
  account.put("refine.addressed", twice);
  account.keep(name, value, `own_copy = ${own}, refine.addressed = ${twice}`);
  const rest =
    set & ~(bits.notOwn | bits.noDuplicates | bits.noReminder | bits.plain);
  if (rest !== 0)
    account.lose(
      name,
      `bits ${rest}`,
      "new members are not made with nomail, acknowledgements, hidden or moderated",
      "listmill member add LIST ADDRESS with its options",
    );
};

export const counterparts2: Counterparts<PythonValue, Source2> = {
  ...moderation2,
  ...elsewhere2,
  real_name: (value, account, source, name) =>
    account.keep(name, value, `the list's address: ${source.address}`),
  host_name: (value, account, source, name) =>
    account.keep(name, value, `the list's address: ${source.address}`),
  _internal_name: moot("the list's address"),
  description: same("description", (value) =>
    textOf(value).replace(/\s+/g, " ").trim(),
  ),
  info: said("info"),
  subject_prefix: (value, account, _source, name) => {
    const { prefix, numbered } = prefixOf(textOf(value), /%0?\d*d/);
    account.set(name, value, "subject_prefix", prefix);
    if (numbered)
      account.lose(
        name,
        value,
        "posts are not numbered in their subject",
        "an edit hook (docs/hooks.md)",
      );
  },
  owner: people("owner"),
  moderator: people("moderator"),
  preferred_language: (value, account, _source, name) =>
    spoken(account, name, value, languageOf(textOf(value))),
  reply_goes_to_list: replyTo,
  reply_to_address: (value, account, source, name) =>
    source.number("reply_goes_to_list") === 2
      ? account.keep(name, value, "see: reply_goes_to_list")
      : account.needless(name, value, "replies do not go there"),
  first_strip_reply_to: (value, account, source, name) => {
    if (numberOf(value) === 0 || source.number("reply_goes_to_list") === 1)
      account.keep(name, value, "reply_to");
    else
      account.lose(
        name,
        value,
        "a Reply-To of the author's own stays",
        "an edit hook (docs/hooks.md)",
      );
  },
  msg_footer: msgFooter,
  use_dollar_strings: moot("see: msg_footer"),
  personalize: (value, account, _source, name) => {
    const how = numberOf(value) ?? 0;
    if (how === 0) account.needless(name, value, "off");
    else if (how === 1) account.set(name, value, "verp", "always");
    else account.set(name, value, "personal.headers", ["To: {{address}}"]);
  },
  umbrella_list: same("umbrella", (value) => numberOf(value) === 1),
  umbrella_member_suffix: gone("what is for a member goes to LIST-owner", "", [
    "-owner",
  ]),
  new_member_options: options,
  send_welcome_msg: same("welcome", (value) => numberOf(value) !== 0),
  send_goodbye_msg: (value, account, source, name) =>
    source.flag("send_welcome_msg", true) === (numberOf(value) !== 0)
      ? account.keep(name, value, "welcome")
      : account.lose(name, value, "welcome says it for both"),
  welcome_msg: said("welcome"),
  goodbye_msg: said("goodbye"),
  archive: same("archive", (value) => numberOf(value) !== 0),
};

/** Members are told in one sum. */
export function membersTold(
  account: Account,
  source: Source2,
  count: number,
): void {
  account.keep("members", `${count}`, "the members, with what they chose");
  const hidden = [...source.map("user_options").values()].filter(
    (one) => ((numberOf(one) ?? 0) & bits.hidden) !== 0,
  ).length;
  if (hidden > 0)
    account.lose(
      "hide",
      `${hidden} members`,
      "members cannot hide themselves from those who may see the members",
      'rules.who = ["reject"]',
    );
}
