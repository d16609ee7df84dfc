/**
 * Whether somebody may do something with a list, by its policy: what is asked for an address is
 * decided as if that address had asked.
 */
import { joiningReason, leavingReason } from "../lists/joining.ts";
import { decide } from "../lists/policy/decide.ts";
import { factsOf } from "../lists/policy/facts.ts";
import type { Deed } from "../lists/schema/people.ts";
import {
  type Case,
  isReleased,
  isReleasedFrom,
  type Reply,
  sentence,
} from "./case.ts";

const waits = { subscribe: joiningReason, unsubscribe: leavingReason };

/** The same once the address has said yes; what a person has let pass is not asked again. */
export async function decideConfirmed(
  asked: Case,
  deed: keyof typeof waits,
  address: string,
): ReturnType<typeof decideFor> {
  if (isReleasedFrom(asked, waits[deed](address))) return undefined;
  const no = await decideFor(asked, deed, address);
  // A mail waits once; who else is in it has to answer by one of his own.
  if (no?.kind === "hold" && isReleased(asked))
    return {
      kind: "reject",
      reason: await sentence(asked, "reason-policy", {}),
    };
  return no;
}

/** Why somebody may not; undefined where it may be. */
export async function decideFor(
  asked: Case,
  deed: Exclude<Deed, "post">,
  address: string,
): Promise<Exclude<Reply, string> | undefined> {
  const { list, message, envelope } = asked;
  if (deed === "subscribe" && list.settings.frozen)
    return {
      kind: "reject",
      reason: await sentence(asked, "reason-frozen", {}),
    };
  const facts = factsOf({
    ...asked,
    message: message.with({ header: message.header.set("From", address) }),
    envelope: { ...envelope, sender: address },
  });
  const { action, text } = await decide(deed, list.settings, facts);
  // Whoever joins or leaves is asked anyway; nothing else can be confirmed.
  const asks = deed === "subscribe" || deed === "unsubscribe";
  if (action === "accept" || (action === "confirm" && asks)) return undefined;
  if (action === "discard")
    return { kind: "discard", reason: `the policy says so (${deed})` };
  if (action === "hold" && asks)
    return { kind: "hold", reason: waits[deed](address) };
  // Nothing else can wait for a person.
  const reason = text || (await sentence(asked, "reason-policy", {}));
  return { kind: "reject", reason };
}
