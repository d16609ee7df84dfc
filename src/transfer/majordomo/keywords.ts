/**
 * Majordomo: what becomes of each keyword of a list's config, as Majordomo 1.94 has them. Pure.
 */
import { canonical, domainOf } from "../../mail/address.ts";
import { gone, moot, same } from "../counterparts.ts";
import { addedFields, repliesTo } from "../fields.ts";
import { filledList, footer } from "../footers.ts";
import { administrivia } from "../headers.ts";
import { postingWords } from "../posting.ts";
import { plain, prefixOf } from "../texts.ts";
import { access, headers, policy } from "./people.ts";
import {
  isYes,
  type Keyword,
  postingOf,
  type Source,
  type Table,
} from "./source.ts";

const own = moot<string, Source>("Majordomo's own");
const yes =
  (on: Keyword, why: string): Keyword =>
  (value, account, source, name) =>
    isYes(value)
      ? on(value, account, source, name)
      : account.needless(name, value, why);

const messageFooter: Keyword = (value, account, source, name) => {
  const word = /\$(LIST|SENDER|VERSION)|(_SUBJECTS_)/g;
  const words = { LIST: source.name };
  const made = filledList(value, /\$LIST@[\w.-]+/g, word, words);
  footer(account, name, value, made);
};

const digestNumber =
  (key: string, made: (count: number) => unknown): Keyword =>
  (value, account, _source, name) =>
    /^[1-9]\d{0,8}$/.test(value)
      ? account.set(name, value, key, made(Number(value)))
      : account.lose(
          name,
          value,
          "not a number",
          `listmill list set LIST ${key}=...`,
        );

export const keywords: Table = {
  description: same("description", (value) =>
    value.replace(/\s+/g, " ").slice(0, 500),
  ),
  subject_prefix: (value, account, source, name) => {
    const made = value.replaceAll("$LIST", source.name);
    const { prefix } = prefixOf(made.replaceAll(/\$(SENDER|VERSION)/g, ""));
    account.set(name, value, "subject_prefix", prefix);
  },
  message_footer: messageFooter,
  message_fronter: gone(
    "there is no text above posts",
    "an edit hook (docs/hooks.md)",
  ),
  message_headers: (value, account, source, name) =>
    addedFields(
      account,
      name,
      value.replaceAll("$LIST", source.name).split("\n"),
      source.address,
    ),
  reply_to: (value, account, source, name) => {
    if (value === "$SENDER")
      return account.set(name, value, "reply_to", "author");
    const made = value.replaceAll("$LIST", source.name);
    repliesTo(
      account,
      name,
      value,
      made.includes("@") ? made : `${made}@${domainOf(source.address)}`,
      source.address,
    );
  },
  moderate: (value, account, source, name) =>
    account.keep(name, value, postingWords(postingOf(source)), "policy"),
  moderator: (value, account, _source, name) => {
    const named = value.split(/[\s,]+/).filter(Boolean);
    if (named.length === 0) return account.needless(name, value, "empty");
    const good = named.filter((one) => account.role(name, one, "moderator"));
    if (good.length > 0) account.keep(name, good, "moderators");
  },
  restrict_post: (value, account, source, name) =>
    account.keep(name, value, postingWords(postingOf(source)), "policy"),
  maxlength: (value, account, _source, name) =>
    /^[1-9]\d{0,11}$/.test(value)
      ? account.ruled(name, value, "post", [`hold if size > ${value}`])
      : account.lose(
          name,
          value,
          "not a number",
          "a line such as hold if size > 40KB in rules.post",
        ),
  administrivia: yes(
    (value, account, _source, name) =>
      account.ruled(name, value, "post", administrivia),
    "off",
  ),
  taboo_headers: headers,
  taboo_body: gone(
    "rules do not look into the text of a post",
    "an approve hook (docs/hooks.md)",
  ),
  subscribe_policy: policy("subscribe"),
  unsubscribe_policy: policy("unsubscribe"),
  welcome: (value, account, _source, name) =>
    account.set(name, value, "welcome", isYes(value)),
  announcements: (value, account, _source, name) =>
    account.set(name, value, "tell_owners", isYes(value)),
  get_access: access("archive"),
  index_access: moot("see: get_access"),
  who_access: access("who"),
  which_access: moot("nobody can ask on which lists somebody is"),
  info_access: moot("help and faq are for everybody"),
  intro_access: moot("the welcome is for members"),
  advertise: moot("there is no public page of lists"),
  noadvertise: moot("there is no public page of lists"),
  mungedomain: yes(
    gone(
      "each address is one of its own",
      "listmill member add LIST OTHER-ADDRESS --nomail",
    ),
    "off",
  ),
  admin_passwd: moot("who may run listmill is told by the system"),
  approve_passwd: gone(
    "a password is kept as a hash only",
    "listmill held password",
  ),
  sender: moot("return paths are the list's"),
  precedence: gone(
    "posts have Precedence: list",
    "an edit hook (docs/hooks.md)",
    ["bulk", "list"],
  ),
  purge_received: yes(
    gone("Received fields stay", "an edit hook (docs/hooks.md)"),
    "off",
  ),
  resend_host: (value, account, source, name) =>
    source.address.endsWith(`@${(canonical(`x@${value}`) ?? "").slice(2)}`)
      ? account.keep(name, value, `the list's address: ${source.address}`)
      : account.lose(name, value, `the list is ${source.address}`),
  debug: yes(
    gone("posts were not sent at all", "listmill list set LIST frozen=true"),
    "off",
  ),
  strip: moot("addresses and names are kept apart"),
  date_info: own,
  date_intro: own,
  archive_dir: own,
  digest_volume: own,
  digest_issue: gone("issues are counted anew, from 1", "", ["1"]),
  digest_work_dir: own,
  digest_name: gone(
    "the subject of a digest is listmill's own",
    "listmill template edit",
    [],
  ),
  digest_archive: own,
  digest_rm_footer: own,
  digest_rm_fronter: own,
  digest_maxlines: digestNumber(
    "digest.size",
    (lines) => `${Math.max(Math.ceil((lines * 60) / 1024), 1)}KB`,
  ),
  digest_maxdays: digestNumber(
    "digest.age",
    (days) => `${Math.min(days, 365)}d`,
  ),
  comments: moot("a comment"),
};

/** What a text of the list says, with the list's words filled in. */
export function listText(source: Source, value: string): string {
  return plain(value).replaceAll("$LIST", source.name);
}
