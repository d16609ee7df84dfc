/**
 * Mailman 2: who may join, see and post, and what waits for a moderator. Pure.
 */

import type { Action } from "../../lists/policy/rule.ts";
import { type Counterparts, gone, moot } from "../counterparts.ts";
import {
  type Joining,
  joining,
  postingWords,
  type Readers,
  readersLines,
} from "../posting.ts";
import type { PythonValue } from "../python/literal.ts";
import { ruleLine } from "../rules.ts";
import { senders } from "../senders.ts";
import { banned } from "./bans.ts";
import { dmarc, idle, nonmembers, patience } from "./both.ts";
import { filters2 } from "./filters2.ts";
import {
  numberOf,
  type Source2,
  severalOf,
  type Two,
  textOf,
} from "./source2.ts";

const postingPart: Two = (value, account, source, name) =>
  account.keep(name, value, postingWords(source.posting), "policy");

const notice: Two = (value, account, _source, name) =>
  textOf(value).trim() === ""
    ? account.needless(name, value, "empty")
    : account.keep(
        name,
        value,
        "the text of the line that rejects, on one line",
      );

const others =
  (action: Action): Two =>
  (value, account, source, name) => {
    const told =
      action === "reject" ? source.notice("nonmember_rejection_notice") : "";
    nonmembers(account, name, severalOf(value), action, told);
  };

const subscribing: Two = (value, account, _source, name) => {
  const ways: readonly Joining[] = ["accept", "confirm", "hold", "hold"];
  joining(
    account,
    name,
    value,
    "subscribe",
    ways[numberOf(value) ?? 1] ?? "confirm",
  );
};

export const moderation2: Counterparts<PythonValue, Source2> = {
  ...filters2,
  subscribe_policy: subscribing,
  subscribe_auto_approval: (value, account, _source, name) => {
    senders(account, name, severalOf(value), {
      deed: "subscribe",
      action: "accept",
      when: "accept",
    });
  },
  unsubscribe_policy: (value, account, _source, name) =>
    numberOf(value) === 0
      ? account.keep(name, value, "members may leave")
      : joining(account, name, value, "unsubscribe", "hold"),
  private_roster: (value, account, _source, name) => {
    const who: readonly Readers[] = ["accept", "members", "owners"];
    const readers = who[numberOf(value) ?? 2] ?? "owners";
    account.ruled(name, value, "who", readersLines(readers));
  },
  archive_private: (value, account, _source, name) =>
    account.ruled(
      name,
      value,
      "archive",
      readersLines(numberOf(value) === 0 ? "accept" : "members"),
    ),
  ban_list: (value, account, source, name) => {
    const on = [
      ...source.map("members").keys(),
      ...source.map("digest_members").keys(),
    ];
    banned(
      account,
      name,
      severalOf(value),
      new Set(on.map((one) => textOf(one).toLowerCase())),
    );
  },
  default_member_moderation: postingPart,
  generic_nonmember_action: postingPart,
  member_moderation_action: (value, account, source, name) => {
    const { members, membersTold = "" } = source.posting;
    const action =
      (["hold", "reject", "discard"] as const)[numberOf(value) ?? 0] ?? "hold";
    if (members !== "accept")
      return account.keep(name, value, postingWords(source.posting), "policy");
    if (action === "hold")
      return account.keep(name, value, "posts of moderated members wait");
    const told = action === "reject" ? membersTold : "";
    account.ruled(
      name,
      value,
      "post",
      [ruleLine(action, ["moderated"], told)],
      "refuse",
    );
  },
  member_moderation_notice: notice,
  nonmember_rejection_notice: notice,
  accept_these_nonmembers: others("accept"),
  hold_these_nonmembers: others("hold"),
  reject_these_nonmembers: others("reject"),
  discard_these_nonmembers: others("discard"),
  forward_auto_discards: (value, account, source, name) =>
    numberOf(value) === 0 ||
    (source.posting.others !== "discard" &&
      source.several("discard_these_nonmembers").length === 0)
      ? account.needless(
          name,
          value,
          "nothing is discarded, or nobody wants to see it",
        )
      : account.lose(
          name,
          value,
          "moderators do not see what is discarded",
          "hold it instead",
        ),
  emergency: (value, account, _source, name) =>
    numberOf(value) === 0
      ? account.needless(name, value, "off")
      : account.ruled(name, value, "post", ["hold"], "first"),
  admin_immed_notify: gone(
    "moderators are told at once of all that waits",
    "",
    [1, true],
  ),
  admin_notify_mchanges: (value, account, _source, name) =>
    account.set(name, value, "tell_owners", numberOf(value) !== 0),
  respond_to_post_requests: (value, account, _source, name) =>
    account.set(name, value, "moderation.tell_author", numberOf(value) !== 0),
  max_days_to_hold: (value, account, _source, name) =>
    patience(account, name, value, numberOf(value) ?? 0),
  dmarc_moderation_action: dmarc(),
  dmarc_quarantine_moderation_action: moot("see: dmarc_moderation_action"),
  dmarc_none_moderation_action: moot("see: dmarc_moderation_action"),
  dmarc_moderation_notice: moot("see: dmarc_moderation_action"),
  dmarc_moderation_addresses: dmarc(),
  dmarc_wrapped_message_text: moot("see: dmarc_moderation_action"),
  equivalent_domains: gone(
    "each address is one of its own",
    "listmill member add LIST OTHER-ADDRESS --nomail",
    idle,
  ),
  password: moot("who may run listmill is told by the system"),
  mod_password: gone("it cannot be read back", "listmill held password", idle),
  post_password: gone("it cannot be read back", "listmill held password", idle),
  passwords: moot("members have no passwords"),
  members: moot("see: members"),
  user_options: moot("see: members"),
  language: moot("see: members"),
  usernames: moot("see: members"),
  delivery_status: moot("see: members"),
};
