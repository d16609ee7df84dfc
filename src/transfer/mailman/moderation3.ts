/**
 * Mailman 3: who may join, see and post, and what waits for a moderator. Pure.
 */

import { gone, moot } from "../counterparts.ts";
import { globsOf } from "../glob.ts";
import { administrivia, unaddressed } from "../headers.ts";
import {
  type Joining,
  joining,
  postingWords,
  type Readers,
  readersLines,
} from "../posting.ts";
import { type Action, ruleLine } from "../rules.ts";
import { senders } from "../senders.ts";
import { lookedUp } from "../texts.ts";
import {
  flag,
  type Key,
  number,
  type Table,
  textOf,
  textsOf,
} from "./source3.ts";

const idle = ["", null, false, 0, []];

const ways: Readonly<Record<string, Joining>> = {
  open: "accept",
  confirm: "confirm",
  moderate: "hold",
  confirm_then_moderate: "hold",
};

const policy =
  (deed: "subscribe" | "unsubscribe"): Key =>
  (value, account, _source, name) => {
    const way = lookedUp(ways, textOf(value));
    if (way) joining(account, name, value, deed, way);
    else
      account.lose(
        name,
        value,
        "no policy of Mailman's",
        `a line of your own in rules.${deed}`,
      );
  };

const postingPart: Key = (value, account, source, name) =>
  account.keep(name, value, postingWords(source.posting), "policy");

const nonmembers =
  (action: Action): Key =>
  (value, account, _source, name) => {
    senders(account, name, textsOf(value), {
      deed: "post",
      action,
      when: action === "hold" || action === "accept" ? action : "refuse",
      also: ["not member"],
    });
  };

const ceiling =
  (condition: (most: number) => string): Key =>
  (value, account, _source, name) =>
    number(value) > 0
      ? account.ruled(name, value, "post", [
          `hold if ${condition(number(value))}`,
        ])
      : account.needless(name, value, "no limit");

const destination: Key = (value, account, source, name) => {
  if (value !== true) return account.needless(name, value, "off");
  const globs = [source.address];
  for (const alias of textsOf(source.config.acceptable_aliases)) {
    const found = alias.startsWith("^")
      ? globsOf(alias)?.map((glob) => glob.replace(/\*$/, ""))
      : [alias];
    if (found) globs.push(...found);
    else
      account.lose(
        "acceptable_aliases",
        alias,
        "no glob says what this regular expression says",
        "a line of your own in rules.post, before: hold if not header To",
      );
  }
  const all = unaddressed(globs);
  account.ruled(name, value, "post", [all && ruleLine("hold", all)]);
};

export const moderation3: Table = {
  accept_these_nonmembers: nonmembers("accept"),
  hold_these_nonmembers: nonmembers("hold"),
  reject_these_nonmembers: nonmembers("reject"),
  discard_these_nonmembers: nonmembers("discard"),
  acceptable_aliases: moot("see: require_explicit_destination"),
  require_explicit_destination: destination,
  administrivia: (value, account, _source, name) =>
    value === true
      ? account.ruled(name, value, "post", administrivia)
      : account.needless(name, value, "off"),
  admin_immed_notify: gone(
    "moderators are told at once of all that waits",
    "",
    [true],
  ),
  admin_notify_held_with_attachment: moot("moderators get the post itself"),
  admin_notify_mchanges: flag("tell_owners"),
  archive_policy: (value, account, _source, name) => {
    account.put("archive", value !== "never");
    if (value === "never") account.keep(name, value, "archive = false");
    else
      account.ruled(
        name,
        value,
        "archive",
        readersLines(value === "public" ? "accept" : "members"),
      );
  },
  default_member_action: postingPart,
  default_nonmember_action: postingPart,
  emergency: (value, account, _source, name) =>
    value === true
      ? account.ruled(name, value, "post", ["hold"], "first")
      : account.needless(name, value, "off"),
  forward_auto_discards: gone(
    "moderators do not see what is discarded",
    "hold it instead",
    [true, false],
  ),
  max_message_size: ceiling((most) => `size > ${Math.ceil(most)}KB`),
  max_num_recipients: ceiling((most) => `recipients > ${Math.ceil(most) - 1}`),
  max_days_to_hold: (value, account, _source, name) => {
    account.put("moderation.expired", "discard");
    account.set(
      name,
      value,
      "moderation.expire",
      number(value) > 0 ? `${Math.min(Math.ceil(number(value)), 365)}d` : "0s",
    );
  },
  member_roster_visibility: (value, account, _source, name) => {
    const who: Readonly<Record<string, Readers>> = {
      public: "accept",
      members: "members",
      moderators: "moderators",
    };
    account.ruled(
      name,
      value,
      "who",
      readersLines(lookedUp(who, textOf(value)) ?? "owners"),
    );
  },
  moderator_password: gone(
    "it cannot be read back",
    "listmill list password",
    idle,
  ),
  respond_to_post_requests: flag("moderation.tell_author"),
  subscription_policy: policy("subscribe"),
  unsubscription_policy: policy("unsubscribe"),
};
