/**
 * The ready-made policies, in the language of rules: what decides where no line of the list's own
 * does. docs/policy.md shows them. Pure.
 */

import { personRoles } from "../../state/member.ts";
import type { ListSettings } from "../schema/list.ts";
import type { Deed } from "../schema/people.ts";

export type Policy = ListSettings["policy"];
type Others = ListSettings["others"];

/** Those who have a role post whatever the policy is. */
export const byRole = personRoles.map((role) => `accept if role ${role}`);
export const byOffice = byRole.slice(0, 2);

/** Who may post, besides those with a role. */
const posting: Readonly<Record<Policy, (others: Others) => string[]>> = {
  open: () => ["hold if moderated", "accept"],
  members: (others) => [
    "hold if moderated",
    "accept if member",
    `${others} "Only members may post to this list."`,
  ],
  moderated: () => ["accept if free", "hold"],
  announce: (others) => [
    `${others} "Only those who write for this list may post to it."`,
  ],
  closed: (others) => posting.members(others),
};

/** The lines of a policy for a deed. The last one always fits. */
export function readyLines(
  deed: Deed,
  policy: Policy,
  others: Others,
): readonly string[] {
  switch (deed) {
    case "post":
      return [...byRole, ...posting[policy](others)];
    case "subscribe":
      return policy === "closed" ? ["hold"] : ["accept"];
    case "unsubscribe":
    case "command":
      return ["accept"];
    case "who":
      return [...byOffice, 'reject "Only the owners see who is a member."'];
    case "archive":
      return policy === "open"
        ? ["accept"]
        : [
            ...byOffice,
            "accept if member",
            'reject "Only members get posts out of the archive."',
          ];
  }
}
