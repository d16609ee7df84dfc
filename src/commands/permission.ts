/**
 * Whether somebody may do something with a list, by its policy.
 */
import { joiningReason } from "../lists/joining.ts";
import { moderatorsOf, ownersOf } from "../lists/offices.ts";
import type { Deed } from "../lists/schema/people.ts";
import { keyOf } from "../mail/address.ts";
import { type Case, type Reply, sentence } from "./case.ts";

/** Why somebody may not; undefined where it may be. */
export async function decideFor(
  asked: Case,
  deed: Deed,
  address: string,
): Promise<Exclude<Reply, string> | undefined> {
  const { site, list } = asked;
  if (deed === "subscribe" && list.settings.policy === "closed")
    return { kind: "hold", reason: joiningReason(address) };
  if (deed !== "who") return undefined;
  const may = [
    ...(await ownersOf(site, list)),
    ...(await moderatorsOf(site, list)),
  ];
  return may.map(keyOf).includes(keyOf(address))
    ? undefined
    : {
        kind: "reject",
        reason: await sentence(asked, "reason-not-owner", { author: address }),
      };
}
