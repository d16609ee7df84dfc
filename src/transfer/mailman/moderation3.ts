/**
 * Mailman 3: who may join, see and post, and what waits for a moderator. Pure.
 */

import type { Action } from "../../lists/policy/rule.ts";
import { gone, moot } from "../counterparts.ts";
import { globsOf } from "../glob.ts";
import { administrivia } from "../headers.ts";
import {
  type Joining,
  joining,
  postingWords,
  type Readers,
  readersLines,
} from "../posting.ts";
import { lookedUp } from "../texts.ts";
import {
  ceiling,
  destination,
  idle,
  nonmembers,
  patience,
  recipientsOver,
  sizeOver,
} from "./both.ts";
import {
  flag,
  type Key,
  number,
  type Table,
  textOf,
  textsOf,
} from "./source3.ts";

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

const others =
  (action: Action): Key =>
  (value, account, _source, name) =>
    nonmembers(account, name, textsOf(value), action);

const most =
  (condition: (most: number) => string): Key =>
  (value, account, _source, name) =>
    ceiling(account, name, value, number(value), condition);

const named: Key = (value, account, source, name) => {
  if (value !== true) return account.needless(name, value, "off");
  const aliases = textsOf(source.config.acceptable_aliases);
  destination(account, name, value, source.address, aliases, (alias) =>
    alias.startsWith("^")
      ? globsOf(alias)?.map((glob) => glob.replace(/\*$/, ""))
      : [alias],
  );
};

export const moderation3: Table = {
  accept_these_nonmembers: others("accept"),
  hold_these_nonmembers: others("hold"),
  reject_these_nonmembers: others("reject"),
  discard_these_nonmembers: others("discard"),
  acceptable_aliases: moot("see: require_explicit_destination"),
  require_explicit_destination: named,
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
  max_message_size: most(sizeOver),
  max_num_recipients: most(recipientsOver),
  max_days_to_hold: (value, account, _source, name) =>
    patience(account, name, value, number(value)),
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
    "listmill held password",
    idle,
  ),
  respond_to_post_requests: flag("moderation.tell_author"),
  subscription_policy: policy("subscribe"),
  unsubscription_policy: policy("unsubscribe"),
};
