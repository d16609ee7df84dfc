/**
 * Mailman 3: what becomes of each key of a list's config, as the REST API of Mailman Core 3.3 has
 * them. Pure.
 */
import { canonical } from "../../mail/address.ts";
import { gone, moot, same } from "../counterparts.ts";
import { languageOf, plain, prefixOf } from "../texts.ts";
import { moderation3 } from "./moderation3.ts";
import {
  flag,
  type Key,
  number,
  type Source3,
  type Table,
  textOf,
} from "./source3.ts";

const idle = ["", null, false, 0, []];
const counted = moot<unknown, Source3>("what Mailman notes for itself");
const named = moot<unknown, Source3>("made of the list's address");
const bounces = (...usual: unknown[]) =>
  gone<unknown, Source3>(
    "bounces are judged by listmill's own measure",
    "",
    usual,
  );
const usenet = gone<unknown, Source3>(
  "there is no gateway to news",
  "public-inbox serves lists by NNTP",
  [...idle, "none"],
);
const robot = gone<unknown, Source3>(
  "there are no automatic answers to posts",
  "a hook that emits an answer (docs/hooks.md)",
  [...idle, "none"],
);
const parts = gone<unknown, Source3>(
  "parts of messages are not taken out",
  'an edit hook (docs/hooks.md), or a rule such as "hold if attachment application/*"',
  idle,
);
const dmarc = gone<unknown, Source3>(
  "From stays the author, also where their domain has a DMARC policy",
  "an edit hook (docs/hooks.md)",
  [...idle, "no_mitigation"],
);
const uri = gone<unknown, Source3>(
  "the text lies elsewhere",
  'give it in "templates" of the document (docs/import.md)',
  idle,
);
const when =
  (switched: string, one: Key): Key =>
  (value, account, source, name) =>
    source.config[switched]
      ? one(value, account, source, name)
      : account.needless(name, value, `${switched} is off`);
const replies: Key = (value, account, source, name) => {
  const to = textOf(source.config.reply_to_address);
  if (value === "no_munging") account.set(name, value, "reply_to", "author");
  else if (
    value === "point_to_list" ||
    canonical(to)?.toLowerCase() === source.address
  )
    account.set(name, value, "reply_to", "list");
  else
    account.lose(
      name,
      `${textOf(value)}: ${to}`,
      "replies go to the author or to the list, not elsewhere",
      `personal.headers = ["Reply-To: ${to}"], which costs a message a member, or an edit hook`,
    );
};

const each = (names: string, one: Key): Table =>
  Object.fromEntries(names.split(" ").map((name) => [name, one]));

export const counterparts3: Table = {
  ...moderation3,
  ...each(
    "bounces_address join_address leave_address list_name list_id fqdn_listname mail_host no_reply_address owner_address posting_address request_address member_count self_link http_etag",
    named,
  ),
  ...each(
    "created_at digest_last_sent_at last_post_at usenet_watermark",
    counted,
  ),
  ...each(
    "filter_action filter_extensions filter_types pass_extensions pass_types collapse_alternatives convert_html_to_plaintext",
    when("filter_content", parts),
  ),
  ...each(
    "digest_footer_uri digest_header_uri footer_uri header_uri goodbye_message_uri welcome_message_uri",
    uri,
  ),
  ...each("gateway_to_mail gateway_to_news linked_newsgroup", usenet),
  ...each(
    "newsgroup_moderation nntp_prefix_subject_too",
    when("gateway_to_news", usenet),
  ),
  ...each("autorespond_owner autorespond_postings autorespond_requests", robot),
  ...each(
    "autoresponse_grace_period autoresponse_owner_text autoresponse_postings_text autoresponse_request_text",
    moot("see: autorespond_postings"),
  ),
  ...each("dmarc_mitigate_action dmarc_addresses", dmarc),
  ...each(
    "dmarc_mitigate_unconditionally dmarc_moderation_notice dmarc_wrapped_message_text",
    moot("see: dmarc_mitigate_action"),
  ),
  advertised: moot("there is no public page of lists"),
  allow_list_posts: gone(
    "posts always have List-Post",
    "an edit hook that takes it out",
    [true],
  ),
  anonymous_list: gone(
    "authors are not hidden",
    "an edit hook (docs/hooks.md)",
    idle,
  ),
  archive_rendering_mode: moot("it is about web pages"),
  process_bounces: bounces(true),
  bounce_info_stale_after: bounces("7d"),
  bounce_notify_owner_on_bounce_increment: bounces(false),
  bounce_notify_owner_on_disable: bounces(true),
  bounce_notify_owner_on_removal: bounces(true),
  bounce_score_threshold: bounces(5),
  bounce_you_are_disabled_warnings: bounces(3),
  bounce_you_are_disabled_warnings_interval: bounces("7d"),
  forward_unrecognized_bounces_to: bounces("administrators"),
  description: same("description", (value) =>
    textOf(value).replace(/\s+/g, " ").trim(),
  ),
  display_name: gone("a list has an address and a description", "", idle),
  info: (value, account, source, name) => {
    const text = plain(textOf(value));
    const language = languageOf(textOf(source.config.preferred_language));
    if (text.trim() === "") account.needless(name, value, "empty");
    else account.before(name, "info", language ?? "en", text);
  },
  digests_enabled: flag("digest.enabled"),
  digest_send_periodic: same("digest.age", (value) =>
    value === false ? "365d" : "24h",
  ),
  digest_size_threshold: (value, account, _source, name) => {
    // Mailman counts no posts.
    account.put("digest.posts", 10_000);
    account.set(
      name,
      value,
      "digest.size",
      number(value) > 0 ? `${Math.ceil(number(value))}KB` : "1GB",
    );
  },
  digest_volume_frequency: gone(
    "issues are counted through, without volumes",
    "",
    ["monthly"],
  ),
  next_digest_number: gone("issues are counted anew, from 1", "", [1]),
  volume: gone("issues are counted through, without volumes", "", [1]),
  filter_content: parts,
  first_strip_reply_to: (value, account, source, name) =>
    value !== true || source.config.reply_goes_to_list === "point_to_list"
      ? account.keep(name, value, "reply_to")
      : account.lose(
          name,
          value,
          "a Reply-To of the author's own stays",
          "an edit hook (docs/hooks.md)",
        ),
  include_rfc2369_headers: gone(
    "posts always have List-* fields",
    "an edit hook that takes them out",
    [true],
  ),
  personalize: (value, account, _source, name) => {
    if (value === "individual") account.set(name, value, "verp", "always");
    else if (value === "full")
      account.set(name, value, "personal.headers", ["To: {{address}}"]);
    else account.needless(name, value, "off");
  },
  post_id: gone("posts are counted anew, from 1", "", [1]),
  posting_pipeline: gone("a pipeline is a folder of hooks", "docs/hooks.md", [
    "default-posting-pipeline",
  ]),
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
  reply_goes_to_list: replies,
  reply_to_address: moot("see: reply_goes_to_list"),
  send_welcome_message: flag("welcome"),
  send_goodbye_message: (value, account, source, name) =>
    value === (source.config.send_welcome_message ?? true)
      ? account.keep(name, value, "welcome")
      : account.lose(name, value, "welcome says it for both"),
  subject_prefix: (value, account, _source, name) =>
    account.set(name, value, "subject_prefix", prefixOf(textOf(value)).prefix),
};
