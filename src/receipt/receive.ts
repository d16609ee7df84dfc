/**
 * The MTA's pipe: a message on stdin becomes entries of `incoming`, one for each recipient, which
 * share the bytes. Returns only when all is on disk; when it throws, the MTA is to try again or to
 * bounce, as the exit code says (intake.ts tells who may get it twice).
 */
import { exit, Failure } from "../base/errors.ts";
import type { Lists } from "../lists/directory.ts";
import { canonical } from "../mail/address.ts";
import { authorOf } from "../mail/message.ts";
import { traceEnvelope } from "../mail/trace.ts";
import { type Destination, doorFor } from "./door.ts";
import { arrive, type Intake } from "./intake.ts";
import { withoutMboxLine } from "./mboxline.ts";

export interface Receiving extends Intake {
  readonly lists: Lists;
  /** As the MTA gives it; "" or `<>` is the null sender; undefined: look into the message. */
  readonly sender: string | undefined;
  /** As the MTA gives them; none: look into the message. */
  readonly recipients: readonly string[];
  readonly input: AsyncIterable<Uint8Array>;
}

/** Throws Failure: 67 unknown list, 77 refused or too large, 65 no message. @returns the entries' ids */
export async function receive(given: Receiving): Promise<string[]> {
  const known: Destination[] = [];
  for (const recipient of given.recipients)
    known.push(await doorFor(given, recipient));
  const sender =
    given.sender === undefined ? undefined : senderOf(given.sender);
  return arrive(given, withoutMboxLine(given.input), async (arrival) => {
    const { header } = arrival.message;
    const trace = traceEnvelope(header);
    if (known.length === 0)
      known.push(await doorFor(given, named(trace.recipient)));
    const from = sender ?? trace.sender ?? authorOf(header) ?? "";
    return [...new Set(await arrival.take(from, known))];
  });
}

function named(recipient: string | undefined): string {
  if (recipient) return recipient;
  throw new Failure(
    exit.usage,
    "no recipient: give it as an argument, or let the MTA write Delivered-To, X-Original-To or Envelope-To",
  );
}

/** "" for the null sender, which Postfix's pipe calls MAILER-DAEMON. */
function senderOf(text: string): string {
  if (text === "" || text === "<>" || text.toUpperCase() === "MAILER-DAEMON")
    return "";
  const sender = canonical(text);
  if (sender === undefined)
    throw new Failure(exit.dataError, `--sender <${text}>: not an address`);
  return sender;
}
