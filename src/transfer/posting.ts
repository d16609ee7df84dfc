/**
 * Who may post, as policy and lines of [rules], from what another manager does with posts of
 * members and of others. Pure.
 */
import { byOffice, byRole, type Policy } from "../lists/policy/ready.ts";
import type { Account } from "./account.ts";
import { ruleLine } from "./rules.ts";

export type Fate = "accept" | "hold" | "reject" | "discard";

export interface Posting {
  /** What happens to a post of a member about whom nothing else is said. */
  readonly members: Fate;
  readonly others: Fate;
  /** What a rejected one is told. */
  readonly membersTold?: string;
  readonly othersTold?: string;
}

/** The policy that comes nearest; what it says differently is in lines of rules. */
export function policyOf({ members, others }: Posting): Policy {
  if (members === "reject" || members === "discard") return "announce";
  if (members === "hold" && others === "hold") return "moderated";
  return others === "accept" ? "open" : "members";
}

/**
 * Sets policy, others and the lines about posts that say the same. The policy's own lines come last,
 * so a line here that is about members or others must let pass who has a role.
 */
export function posting(account: Account, wanted: Posting): void {
  const { members, others, membersTold = "", othersTold = "" } = wanted;
  const policy = policyOf(wanted);
  account.put("policy", policy);
  if (others !== "accept") account.put("others", others);
  const closing: (string | undefined)[] = [];
  const told = (fate: Fate, text: string) => (fate === "reject" ? text : "");
  if (members !== "accept" && policy !== "moderated")
    account.rules("post", ["accept if free"], "accept");
  if (members === "hold" && policy !== "moderated")
    closing.push("hold if member");
  if (policy === "announce" && (members !== others || membersTold !== ""))
    closing.push(ruleLine(members, ["member"], told(members, membersTold)));
  if (policy === "announce" ? members !== others : told(others, othersTold))
    closing.push(ruleLine(others, ["not member"], told(others, othersTold)));
  if (closing.length === 0) return;
  account.rules("post", byRole, "accept");
  account.rules("post", closing, "last");
}

/** What posting came to, in words of the settings. */
export function postingWords(wanted: Posting): string {
  const policy = `policy = "${policyOf(wanted)}"`;
  return wanted.others === "accept"
    ? policy
    : `${policy}, others = "${wanted.others}"`;
}

export type Joining = "accept" | "confirm" | "hold" | "reject";

/**
 * Who may join or leave: at once, with a mail that confirms it, after a moderator, or not at all.
 * Here it is always confirmed, for anybody can write in anybody's name.
 */
export function joining(
  account: Account,
  setting: string,
  value: unknown,
  deed: "subscribe" | "unsubscribe",
  how: Joining,
): void {
  const verb = deed === "subscribe" ? "join" : "leave";
  if (how === "confirm")
    account.keep(setting, value, `who wants to ${verb} confirms it by mail`);
  else if (how === "accept")
    account.lose(
      setting,
      value,
      `who wants to ${verb} always confirms it by mail`,
    );
  else account.ruled(setting, value, deed, [how], "last");
}

export type Readers = "accept" | "members" | "moderators" | "owners" | "nobody";

/** Who may see the members, or read the archive. */
export function readersLines(readers: Readers): string[] {
  switch (readers) {
    case "accept":
      return ["accept"];
    case "members":
      return ["accept if member", ...byOffice, "reject"];
    case "moderators":
      return [...byOffice, "reject"];
    case "owners":
      return ["accept if role owner", "reject"];
    case "nobody":
      return ["reject"];
  }
}
