/**
 * The settings of a list, list.toml, and the site's defaults for them. Pure.
 */
import { z } from "zod";
import {
  choice,
  count,
  delay,
  flag,
  kinds,
  percent,
  several,
  size,
  text,
  textLike,
} from "../../base/settings.ts";
import { bounces } from "./bounces.ts";
import { digest } from "./digest.ts";
import { kindsOfEvents } from "./event.ts";
import { language, people } from "./people.ts";
import { personal } from "./personal.ts";
import { sourceParts, sourceSections, sources } from "./sources.ts";
import { verp } from "./verp.ts";
import { address, line, note, observe } from "./words.ts";

const refine = z.strictObject({
  local_part: note(
    choice("exact", "any-case").prefault("exact"),
    "Whether anna@ and Anna@ are two addresses (RFC 5321, 2.4) or one and the same.",
  ),
  shrink_limit: note(
    percent().prefault("20%"),
    "A post is held, and the owners are told, where the list came out smaller than the last time by more than this. Lists of fewer than 50 are not looked at, but a list with sources that comes out empty is held at any size; 100%: none is, for a list whose recipients depend on the post itself.",
  ),
  addressed: note(
    flag().prefault(true),
    "Whether those in To and Cc of the post, who have it already, get it from the list too.",
  ),
  cap: note(
    count(0, 1e9).prefault(0),
    "A post to more recipients than this is held; 0: no limit.",
  ),
  order: note(
    choice("domain", "mx", "none").prefault("domain"),
    "Recipients are sorted by domain, or by the mail server of their domain (asks the DNS), or left as they come.",
  ),
});

const custom = z.record(
  textLike("a name: a to z first, then a to z, 0 to 9 and _", (name) =>
    /^[a-z][a-z0-9_]*$/.test(name),
  ),
  z
    .union([z.string(), z.number(), z.boolean()])
    .register(kinds, { allowed: "text, a number, true or false" }),
);

const listShape = {
  description: note(line().prefault(""), "What the list is about."),
  language: note(
    language().prefault("en"),
    "The language of what the list says to people whose own is not known.",
  ),
  owners: note(several(address()).prefault([]), "Who gets mail to the owners."),
  subject_prefix: note(
    line().prefault(""),
    'Put before subjects, such as "[list] ".',
  ),
  footer: note(
    text().prefault(""),
    "Text under every post; {{list}} stands for the list's address.",
  ),
  footer_dkim: note(
    flag().prefault(false),
    "Whether posts with a DKIM signature get the footer, which breaks the signature.",
  ),
  reply_to: note(
    choice("author", "list").prefault("author"),
    "Where replies go; with author the Reply-To of a post stays as it is.",
  ),
  own_copy: note(
    flag().prefault(true),
    "Whether members get their own posts back.",
  ),
  verp: note(
    verp().prefault("never"),
    "Whether recipients get a return path of their own, so that a bounce tells whom it is about: never, always, all of every 5th post, or 10% of each post's, others each time. Costs a message a recipient (docs/personal-mail.md).",
  ),
  cadence: note(
    delay("24h").prefault("0s"),
    "How long a post waits before it is sent, for readers to get used to a delay; 0s: not at all.",
  ),
  archive: note(flag().prefault(true), "Whether posts are archived."),
  no_archive: note(
    flag().prefault(true),
    "Whether a post that asks for it (X-No-Archive: yes, or Archive: no) is kept out of the archive, and so from all who get copies of it.",
  ),
  message_limit: note(size().optional(), "Largest post.", {
    without: "limits.message of the site",
  }),
  events_without: note(
    several(choice(...kindsOfEvents)).prefault([]),
    "Kinds of events that are not told in the queue events, such as post.accepted (docs/events.md).",
  ),
  observe: note(
    observe(),
    "Hooks of this list that run for the log only: their verdict is not acted on.",
  ),
  ...people,
  bounces: note(
    bounces.prefault({}),
    "What is done about members whose mail comes back (docs/bounces.md).",
  ),
  digest: note(
    digest.prefault({}),
    "When a digest goes out, and how its issues are counted (docs/digests.md).",
  ),
  personal: note(
    personal.prefault({}),
    "What is merged into the message of each recipient; any of it makes one message a recipient (docs/personal-mail.md).",
  ),
  ldap: note(sources.ldap.optional(), sourceSections.ldap),
  sql: note(sources.sql.optional(), sourceSections.sql),
  dbm: note(sources.dbm.optional(), sourceSections.dbm),
  file: note(sources.file.optional(), sourceSections.file),
  web: note(sources.web.optional(), sourceSections.web),
  sublists: note(sources.sublists.optional(), sourceSections.sublists),
  refine: note(
    refine.prefault({}),
    "What becomes of the distribution list before it is used.",
  ),
  custom: note(
    custom.prefault({}),
    "Settings for hooks of your own: any name of a to z, 0 to 9 and _; hooks find it as LISTMILL_SETTING_CUSTOM_NAME.",
  ),
};

/** The settings of a list, list.toml. */
export const listSchema = z.strictObject(listShape);

/** The site's defaults for lists: a source may be given in part. */
export const listDefaults = z.strictObject({
  ...listShape,
  ldap: sourceParts.ldap.optional(),
  sql: sourceParts.sql.optional(),
  dbm: sourceParts.dbm.optional(),
  file: sourceParts.file.optional(),
  web: sourceParts.web.optional(),
  sublists: sourceParts.sublists.optional(),
});

/** What holds for one list. Durations are milliseconds, sizes bytes. */
export type ListSettings = z.output<typeof listSchema>;
