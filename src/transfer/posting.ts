/**
 * Who may post, as policy and lines of [rules], from what another manager does with posts of
 * members and of others. Pure.
 */
import type { Account } from "./account.ts";
import { type Action, ruleLine } from "./rules.ts";

export type Fate = "accept" | "hold" | "reject" | "discard";

export interface Posting {
  /** What happens to a post of a member about whom nothing else is said. */
  readonly members: Fate;
  readonly others: Fate;
  /** What a rejected one is told. */
  readonly membersTold?: string;
  readonly othersTold?: string;
}

export type Policy = "open" | "members" | "moderated" | "announce" | "closed";

/** The policy that comes nearest; what it says differently is in lines of rules. */
export function policyOf({ members, others }: Posting): Policy {
  if (members === "reject" || members === "discard") return "announce";
  if (members === "hold" && others === "hold") return "moderated";
  return others === "accept" ? "open" : "members";
}

/** Sets policy, others and the lines about posts that say the same. */
export function posting(account: Account, wanted: Posting): void {
  const { members, others, membersTold = "", othersTold = "" } = wanted;
  const policy = policyOf(wanted);
  account.put("policy", policy);
  const closing = (action: Action, condition: string, told: string) =>
    account.rules("post", [ruleLine(action, [condition], told)], "last");
  if (members !== "accept") {
    account.rules("post", ["accept if free"], "accept");
    if (policy !== "moderated")
      closing(members, "member", members === "reject" ? membersTold : "");
  }
  if (policy === "announce" && others === "accept")
    closing("accept", "not member", "");
  else if (others !== "accept") {
    account.put("others", others);
    if (others === "reject" && othersTold !== "")
      closing("reject", "not member", othersTold);
  }
}

/** What posting came to, in words of the settings. */
export function postingWords(wanted: Posting): string {
  const policy = `policy = "${policyOf(wanted)}"`;
  return wanted.others === "accept"
    ? policy
    : `${policy}, others = "${wanted.others}"`;
}

export type Joining = "accept" | "confirm" | "hold" | "reject";

/** Who may join or leave: with a mail that confirms it, after a moderator, or not at all. */
export function joining(
  account: Account,
  setting: string,
  value: unknown,
  deed: "subscribe" | "unsubscribe",
  how: Joining,
): void {
  account.ruled(setting, value, deed, [how], "last");
}

export type Readers = "accept" | "members" | "moderators" | "owners" | "nobody";

/** Who may see the members, or read the archive. */
export function readersLines(readers: Readers): string[] {
  switch (readers) {
    case "accept":
      return ["accept"];
    case "members":
      return ["accept if member", "accept if role owner", "reject"];
    case "moderators":
      return ["accept if role moderator", "accept if role owner", "reject"];
    case "owners":
      return ["accept if role owner", "reject"];
    case "nobody":
      return ["reject"];
  }
}
