/**
 * Mailman 2: digests, and what has no counterpart here or says nothing: news, robots, bounces, web
 * pages, and what Mailman noted for itself. Pure.
 */
import { type Counterparts, gone, moot, same } from "../counterparts.ts";
import type { PythonValue } from "../python/literal.ts";
import {
  digestDaily,
  digestSize,
  digestVolume,
  idle,
  judging,
  lasting,
  measure,
  parts,
  robot,
  told,
  usenet,
} from "./both.ts";
import { numberOf, type Source2, type Two } from "./source2.ts";
import { said } from "./texts2.ts";

const yes = [1, true];
const frequencies = ["yearly", "monthly", "quarterly", "weekly", "daily"];
const web = moot<PythonValue, Source2>("it is about web pages");
const counted = moot<PythonValue, Source2>("what Mailman noted for itself");
/** Settings that count only where another one is on. */
const where =
  (switched: string, one: Two): Two =>
  (value, account, source, name) =>
    source.flag(switched)
      ? one(value, account, source, name)
      : account.needless(name, value, `${switched} is off`);

export const elsewhere2: Counterparts<PythonValue, Source2> = {
  digestable: same("digest.enabled", (value) => numberOf(value) !== 0),
  digest_size_threshhold: (value, account, _source, name) =>
    digestSize(account, name, value, numberOf(value) ?? 0),
  digest_send_periodic: (value, account, _source, name) =>
    digestDaily(account, name, value, numberOf(value) !== 0),
  nondigestable: gone("members may choose posts singly", "", yes),
  digest_is_default: gone(
    "new members get posts singly",
    "listmill member add --digest",
    idle,
  ),
  mime_is_default_digest: moot("members say which digest they want"),
  digest_header: said("digest"),
  digest_footer: gone("digests have no footer", "", idle),
  digest_volume_frequency: (value, account, _source, name) =>
    digestVolume(account, name, value, frequencies[numberOf(value) ?? 1]),
  digest_members: moot("see: members"),
  one_last_digest: counted,
  next_digest_number: gone("issues are counted anew, from 1", "", [1]),
  digest_last_sent_at: counted,
  volume: gone("volumes are counted anew, from 1", "", [1]),
  available_languages: moot("every language that has texts is there"),
  from_is_list: gone(
    "From stays the author",
    "an edit hook (docs/hooks.md)",
    idle,
  ),
  anonymous_list: gone(
    "authors are not hidden",
    "an edit hook (docs/hooks.md)",
    idle,
  ),
  msg_header: gone(
    "there is no text above posts",
    "an edit hook (docs/hooks.md)",
    idle,
  ),
  scrub_nondigest: gone(
    "attachments stay in posts",
    "an edit hook (docs/hooks.md)",
    idle,
  ),
  regular_include_lists: gone(
    "the other lists may not be here yet",
    "listmill list set LIST sublists.lists=... once they are",
    idle,
  ),
  regular_exclude_lists: gone(
    "who is on another list gets a post from both",
    "",
    idle,
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
  send_reminders: moot("members have no passwords to be reminded of"),
  archive_volume_frequency: moot("the archive has no volumes"),
  archive_directory: counted,
  topics: gone("there are no topics", "a list for each", idle),
  topics_enabled: gone("there are no topics", "a list for each", idle),
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
  nntp_host: where("gateway_to_news", usenet()),
  linked_newsgroup: usenet(),
  gateway_to_news: usenet(),
  gateway_to_mail: usenet(),
  news_prefix_subject_too: where("gateway_to_news", usenet()),
  news_moderation: where("gateway_to_news", usenet()),
  usenet_watermark: counted,
  autorespond_postings: robot(),
  autorespond_admin: robot(),
  autorespond_requests: robot(),
  autoresponse_postings_text: where("autorespond_postings", robot()),
  autoresponse_admin_text: where("autorespond_admin", robot()),
  autoresponse_request_text: where("autorespond_requests", robot()),
  autoresponse_graceperiod: moot("see: autorespond_postings"),
  bounce_processing: judging,
  bounce_score_threshold: measure("bounces.threshold"),
  bounce_info_stale_after: lasting("bounces.stale"),
  bounce_you_are_disabled_warnings: measure("bounces.probes"),
  bounce_you_are_disabled_warnings_interval: lasting("bounces.probe_every"),
  bounce_unrecognized_goes_to_list_owner: told(1, true),
  bounce_notify_owner_on_bounce_increment: told(0, false),
  bounce_notify_owner_on_disable: told(1, true),
  bounce_notify_owner_on_removal: told(1, true),
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
