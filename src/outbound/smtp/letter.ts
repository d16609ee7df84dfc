/**
 * A message for some recipients, and who of them can be named to a server at all. Pure.
 */
import { isInternational, type Outcome, outcome } from "../outcome.ts";
import type { Wire } from "../wire.ts";
import type { Extensions } from "./extensions.ts";

export interface Letter {
  /** "" is <>. Like the recipients, an address that passed `refusal`. */
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly content: Wire;
  /** RFC 3461: an id for reports; without it none are asked for. */
  readonly envid?: string | undefined;
  /** Lets Postfix expand the sender for each recipient, where it offers that. */
  readonly xverp?: boolean | undefined;
}

export interface Naming {
  /** Recipients that the server is told of, in their order. */
  readonly named: readonly string[];
  /** The outcomes of the others, by their place; undefined where there are none. */
  readonly spared: ReadonlyMap<number, Outcome> | undefined;
  /** The transaction needs SMTPUTF8 (RFC 6531). */
  readonly utf8: boolean;
}

/** Who is named: nobody, where the message is too large or its sender cannot be written. */
export function naming(letter: Letter, offers: Extensions): Naming {
  const { sender, recipients, content } = letter;
  if (offers.size > 0 && content.size > offers.size)
    return nobody(recipients, "552 5.3.4 larger than the relay takes");
  if (isInternational(sender) && !offers.smtpUtf8)
    return nobody(recipients, NO_UTF8);
  const international = recipients.some(isInternational);
  const utf8 =
    offers.smtpUtf8 &&
    (content.utf8Header || international || isInternational(sender));
  if (
    (offers.smtpUtf8 || !international) &&
    recipients.length <= offers.recipientMax
  )
    return { named: recipients, spared: undefined, utf8 };
  const named: string[] = [];
  const spared = new Map<number, Outcome>();
  for (const [place, address] of recipients.entries())
    if (!offers.smtpUtf8 && isInternational(address))
      spared.set(place, outcome(address, "never", NO_UTF8));
    else if (named.length >= offers.recipientMax)
      spared.set(place, outcome(address, "later", TOO_MANY));
    else named.push(address);
  return { named, spared, utf8 };
}

const NO_UTF8 = "550 5.6.7 the relay lacks SMTPUTF8";
const TOO_MANY = "452 4.5.3 more recipients than the relay takes at once";

function nobody(recipients: readonly string[], reply: string): Naming {
  const spared = new Map(
    recipients.map((it, place) => [place, outcome(it, "never", reply)]),
  );
  return { named: [], spared, utf8: false };
}
