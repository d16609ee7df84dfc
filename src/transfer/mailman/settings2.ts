/**
 * Mailman 2: what becomes of each attribute of a list, but for those about people and posts that
 * wait (moderation2). Names and values as Mailman 2.1.39 has them. Pure.
 */
import { canonical } from "../../mail/address.ts";
import type { Account } from "../account.ts";
import { type Counterparts, gone, moot, same } from "../counterparts.ts";
import { filled } from "../footers.ts";
import type { PythonValue } from "../python/literal.ts";
import { languageOf, plain, prefixOf } from "../texts.ts";
import { moderation2 } from "./moderation2.ts";
import {
  bits,
  numberOf,
  type Source2,
  severalOf,
  type Two,
  textOf,
} from "./source2.ts";

const no = [0, false, "", [], null];
const yes = [1, true];
const web = moot<PythonValue, Source2>("it is about web pages");
const counted = moot<PythonValue, Source2>("what Mailman noted for itself");
const bounces = (...usual: unknown[]) =>
  gone<PythonValue, Source2>(
    "bounces are judged by listmill's own measure",
    "",
    usual,
  );
const usenet = gone<PythonValue, Source2>(
  "there is no gateway to news",
  "public-inbox serves lists by NNTP",
  no,
);
const robot = gone<PythonValue, Source2>(
  "there are no automatic answers to posts",
  "a hook that emits an answer (docs/hooks.md)",
  no,
);
const parts = gone<PythonValue, Source2>(
  "parts of messages are not taken out",
  'an edit hook (docs/hooks.md), or a rule such as "hold if attachment application/*"',
  no,
);
/** Settings that count only where another one is on. */
const where =
  (switched: string, one: Two): Two =>
  (value, account, source, name) =>
    source.flag(switched)
      ? one(value, account, source, name)
      : account.needless(name, value, `${switched} is off`);

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
function footer(source: Source2, text: string) {
  const at = source.address.lastIndexOf("@");
  const [local, domain] = [
    source.address.slice(0, at),
    source.address.slice(at + 1),
  ];
  const name = source.text("real_name") || local;
  const whole = text
    .replaceAll("%(real_name)s@%(host_name)s", "{{list}}")
    .replaceAll("%(_internal_name)s@%(host_name)s", "{{list}}");
  const words: Record<string, string> = {
    real_name: plain(name),
    list_name: local,
    _internal_name: local,
    host_name: domain,
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
  const made = filled(whole.replaceAll("{{list}}", "\u0001"), word, words);
  return { ...made, text: made.text.replaceAll("\u0001", "{{list}}") };
}

const msgFooter: Two = (value, account, source, name) => {
  const { text, unknown, personal } = footer(source, textOf(value));
  if (text.trim() === "") account.needless(name, value, "empty");
  else
    account.set(
      name,
      value,
      personal ? "personal.footer" : "footer",
      `${text.trimEnd()}\n`,
    );
  if (unknown.length > 0)
    account.lose(
      name,
      unknown,
      "lines with these words were left out",
      "listmill list set LIST footer=...",
    );
};

const replies: Two = (value, account, source, name) => {
  const to = source.text("reply_to_address");
  const how = numberOf(value) ?? 0;
  const here = canonical(to)?.toLowerCase() === source.address;
  if (how === 0) account.set(name, value, "reply_to", "author");
  else if (how === 1 || here) account.set(name, value, "reply_to", "list");
  else
    account.lose(
      name,
      `${how}: ${to}`,
      "replies go to the author or to the list, not elsewhere",
      `personal.headers = ["Reply-To: ${to}"], which costs a message a member, or an edit hook`,
    );
};

const said =
  (text: string): Two =>
  (value, account, source, name) => {
    const language = languageOf(source.text("preferred_language")) ?? "en";
    if (textOf(value).trim() === "") account.needless(name, value, "empty");
    else account.before(name, text, language, plain(textOf(value)));
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

const digest: Counterparts<PythonValue, Source2> = {
  digestable: same("digest.enabled", (value) => numberOf(value) !== 0),
  digest_size_threshhold: (value, account, _source, name) => {
    const size = Math.ceil(numberOf(value) ?? 0);
    // Mailman counts no posts.
    account.put("digest.posts", 10_000);
    account.set(name, value, "digest.size", size > 0 ? `${size}KB` : "1GB");
  },
  digest_send_periodic: same("digest.age", (value) =>
    numberOf(value) === 0 ? "365d" : "24h",
  ),
  digest_is_default: gone(
    "new members get posts singly",
    "listmill member add --digest",
    no,
  ),
  mime_is_default_digest: moot("members say which digest they want"),
  digest_header: gone("digests have a masthead of their own", "", no),
  digest_footer: gone("digests have no footer", "", no),
  digest_volume_frequency: gone(
    "issues are counted through, without volumes",
    "",
    [1],
  ),
  digest_members: moot("see: members"),
  one_last_digest: counted,
  next_digest_number: gone("issues are counted anew, from 1", "", [1]),
  digest_last_sent_at: counted,
  volume: gone("issues are counted through, without volumes", "", [1]),
};

export const counterparts2: Counterparts<PythonValue, Source2> = {
  ...moderation2,
  ...digest,
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
  preferred_language: (value, account, _source, name) => {
    const language = languageOf(textOf(value));
    if (language) account.set(name, value, "language", language);
    else
      account.lose(
        name,
        value,
        "no language code",
        "listmill list set LIST language=...",
      );
  },
  available_languages: moot("every language that has texts is there"),
  reply_goes_to_list: replies,
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
  from_is_list: gone(
    "From stays the author",
    "an edit hook (docs/hooks.md)",
    no,
  ),
  anonymous_list: gone(
    "authors are not hidden",
    "an edit hook (docs/hooks.md)",
    no,
  ),
  msg_header: gone(
    "there is no text above posts",
    "an edit hook (docs/hooks.md)",
    no,
  ),
  msg_footer: msgFooter,
  use_dollar_strings: moot("see: msg_footer"),
  scrub_nondigest: gone(
    "attachments stay in posts",
    "an edit hook (docs/hooks.md)",
    no,
  ),
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
  regular_include_lists: gone(
    "the other lists may not be here yet",
    "listmill list set LIST sublists.lists=... once they are",
    no,
  ),
  regular_exclude_lists: gone(
    "who is on another list gets a post from both",
    "",
    no,
  ),
  regular_exclude_ignore: moot("see: regular_exclude_lists"),
  include_rfc2369_headers: gone(
    "posts always have List-* fields",
    "an edit hook that takes them out",
    yes,
  ),
  include_list_post_header: gone(
    "posts always have List-Post",
    "an edit hook that takes it out",
    yes,
  ),
  include_sender_header: moot("Sender stays as it is"),
  encode_ascii_prefixes: moot("the prefix is encoded where it must be"),
  drop_cc: moot("Cc stays as it is"),
  new_member_options: options,
  send_reminders: moot("members have no passwords to be reminded of"),
  send_welcome_msg: same("welcome", (value) => numberOf(value) !== 0),
  send_goodbye_msg: (value, account, source, name) =>
    source.flag("send_welcome_msg", true) === (numberOf(value) !== 0)
      ? account.keep(name, value, "welcome")
      : account.lose(name, value, "welcome says it for both"),
  welcome_msg: said("welcome"),
  goodbye_msg: said("goodbye"),
  archive: same("archive", (value) => numberOf(value) !== 0),
  archive_volume_frequency: moot("the archive has no volumes"),
  archive_directory: counted,
  topics: gone("there are no topics", "a list for each", no),
  topics_enabled: gone("there are no topics", "a list for each", no),
  topics_bodylines_limit: moot("there are no topics"),
  topics_userinterest: gone("there are no topics", "", [new Map()]),
  filter_content: parts,
  ...Object.fromEntries(
    [
      "filter_mime_types",
      "pass_mime_types",
      "filter_filename_extensions",
      "pass_filename_extensions",
      "collapse_alternatives",
      "convert_html_to_plaintext",
      "filter_action",
    ].map((name) => [name, where("filter_content", parts)]),
  ),
  nntp_host: where("gateway_to_news", usenet),
  linked_newsgroup: usenet,
  gateway_to_news: usenet,
  gateway_to_mail: usenet,
  news_prefix_subject_too: where("gateway_to_news", usenet),
  news_moderation: where("gateway_to_news", usenet),
  usenet_watermark: counted,
  autorespond_postings: robot,
  autorespond_admin: robot,
  autorespond_requests: robot,
  autoresponse_postings_text: where("autorespond_postings", robot),
  autoresponse_admin_text: where("autorespond_admin", robot),
  autoresponse_request_text: where("autorespond_requests", robot),
  autoresponse_graceperiod: moot("see: autorespond_postings"),
  bounce_processing: bounces(1, true),
  bounce_score_threshold: bounces(5),
  bounce_info_stale_after: bounces(604_800),
  bounce_you_are_disabled_warnings: bounces(3),
  bounce_you_are_disabled_warnings_interval: bounces(604_800),
  bounce_unrecognized_goes_to_list_owner: bounces(1, true),
  bounce_notify_owner_on_bounce_increment: bounces(0, false),
  bounce_notify_owner_on_disable: bounces(1, true),
  bounce_notify_owner_on_removal: bounces(1, true),
  bounce_info: moot(
    "what bounced before is not counted; who was disabled for it is suspended",
  ),
  advertised: moot("there is no public page of lists"),
  web_page_url: web,
  obscure_addresses: web,
  admin_member_chunksize: web,
  ...Object.fromEntries(
    [
      "created_at",
      "data_version",
      "last_post_time",
      "next_post_number",
      "next_request_id",
      "hold_and_cmd_autoresponses",
      "postings_responses",
      "admin_responses",
      "request_responses",
    ].map((name) => [name, counted]),
  ),
  post_id: gone("posts are counted anew, from 1", "", [1]),
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
