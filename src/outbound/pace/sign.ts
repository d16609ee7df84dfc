/**
 * Which replies are a sign that the relay has more than it can do (RFC 5321 section 4.2.2,
 * RFC 3463). One that speaks of a recipient or of a domain is none: greylisting, a full mailbox, a
 * name server that does not answer. Pure.
 */
import type { Outcome } from "../outcome.ts";

/** The mail system fails, is full, does not accept or is set up wrongly; or it is congested. */
const SYSTEM = /^(3\.[0125]|4\.5)$/;
/** What relays say under "policy" to somebody who sends too much. */
const TOO_MUCH =
  /too (much|many) (mail|messages|recipients|connections)|rate.?limit|throttl/i;
const GREYLIST = /gr[ae]y.?list/i;

/**
 * Whether a reply is such a sign.
 * @param others whether the relay took the message for somebody else in the same transaction
 */
export function isSign(reply: string, others = false): boolean {
  const [, code, status] = /^(4\d\d)[ -](?:4\.(\d+\.\d+)\b)?/.exec(reply) ?? [];
  if (code === undefined || GREYLIST.test(reply)) return false;
  // Without a status 452 may mean too many recipients (RFC 5321 section 4.5.3.1.10).
  if (status === undefined)
    return code === "421" || (["451", "452"].includes(code) && !others);
  if (SYSTEM.test(status)) return true;
  // A connection that was idle for too long (4.4.2) is nobody's trouble.
  if (code === "421") return status !== "4.2";
  return status.startsWith("7.") && TOO_MUCH.test(reply);
}

/** The reply of a transaction that is a sign, or says that it broke off; undefined where all is well. */
export function signIn(outcomes: readonly Outcome[]): string | undefined {
  const others = outcomes.some(({ kind }) => kind === "sent");
  return outcomes.find(
    ({ kind, reply, trouble }) =>
      kind === "later" && (trouble === "broken" || isSign(reply, others)),
  )?.reply;
}
