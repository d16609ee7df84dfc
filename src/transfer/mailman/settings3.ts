/**
 * Mailman 3: what becomes of each key of a list's config, as the REST API of Mailman Core 3.3 has
 * them. Pure.
 */
import { gone, moot, same } from "../counterparts.ts";
import { languageOf, plain, prefixOf } from "../texts.ts";
import {
  digestDaily,
  digestSize,
  digestVolume,
  dmarc,
  idle,
  judging,
  lasting,
  measure,
  parts,
  replies,
  robot,
  spoken,
  told,
  usenet,
} from "./both.ts";
import { moderation3 } from "./moderation3.ts";
import {
  flag,
  type Key,
  number,
  type Source3,
  type Table,
  textOf,
} from "./source3.ts";

const frequencies = ["yearly", "monthly", "quarterly", "weekly", "daily"];
const counted = moot<unknown, Source3>("what Mailman notes for itself");
const named = moot<unknown, Source3>("made of the list's address");
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
const replyTo: Key = (value, account, source, name) =>
  replies(account, name, value, {
    how:
      value === "no_munging"
        ? "author"
        : value === "point_to_list"
          ? "list"
          : "to",
    said: textOf(value),
    to: textOf(source.config.reply_to_address),
    list: source.address,
  });

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
  ...each("gateway_to_mail gateway_to_news linked_newsgroup", usenet("none")),
  ...each(
    "newsgroup_moderation nntp_prefix_subject_too",
    when("gateway_to_news", usenet("none")),
  ),
  ...each(
    "autorespond_owner autorespond_postings autorespond_requests",
    robot("none"),
  ),
  ...each(
    "autoresponse_grace_period autoresponse_owner_text autoresponse_postings_text autoresponse_request_text",
    moot("see: autorespond_postings"),
  ),
  ...each("dmarc_mitigate_action dmarc_addresses", dmarc("no_mitigation")),
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
  process_bounces: judging,
  bounce_info_stale_after: lasting("bounces.stale"),
  bounce_notify_owner_on_bounce_increment: told(false),
  bounce_notify_owner_on_disable: told(true),
  bounce_notify_owner_on_removal: told(true),
  bounce_score_threshold: measure("bounces.threshold"),
  bounce_you_are_disabled_warnings: measure("bounces.probes"),
  bounce_you_are_disabled_warnings_interval: lasting("bounces.probe_every"),
  forward_unrecognized_bounces_to: told("administrators"),
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
  digest_send_periodic: (value, account, _source, name) =>
    digestDaily(account, name, value, value !== false),
  digest_size_threshold: (value, account, _source, name) =>
    digestSize(account, name, value, number(value)),
  digest_volume_frequency: (value, account, _source, name) =>
    digestVolume(
      account,
      name,
      value,
      frequencies.find((one) => one === value),
    ),
  next_digest_number: gone("issues are counted anew, from 1", "", [1]),
  volume: gone("volumes are counted anew, from 1", "", [1]),
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
  preferred_language: (value, account, _source, name) =>
    spoken(account, name, value, languageOf(textOf(value))),
  reply_goes_to_list: replyTo,
  reply_to_address: moot("see: reply_goes_to_list"),
  send_welcome_message: flag("welcome"),
  send_goodbye_message: (value, account, source, name) =>
    value === (source.config.send_welcome_message ?? true)
      ? account.keep(name, value, "welcome")
      : account.lose(name, value, "welcome says it for both"),
  subject_prefix: (value, account, _source, name) =>
    account.set(name, value, "subject_prefix", prefixOf(textOf(value)).prefix),
};
