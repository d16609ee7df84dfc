/**
 * From what a server said in a transaction to each recipient's outcome. Pure.
 */
import type { Outcome } from "../outcome.ts";
import type { Ending } from "./line.ts";
import type { Reply } from "./reply.ts";

/** Replies that came; those that are missing never will. */
export interface Said {
  readonly mail: Reply | undefined;
  /** One for each recipient, in order. */
  readonly recipients: readonly Reply[];
  readonly data: Reply | undefined;
  /**
   * To the content: one, or with LMTP one for each recipient that was accepted. Undefined where none
   * was sent.
   */
  readonly content: readonly Reply[] | undefined;
  /** To the content while it was still being sent: the end for all. */
  readonly cutShort: Reply | undefined;
  readonly lmtp: boolean;
  /** Why the rest is missing. */
  readonly ending: Ending | undefined;
}

/** 2xx: done as asked. */
export function taken(reply: Reply | undefined): boolean {
  return reply !== undefined && reply.code < 300;
}

/** 3xx: the content may come. */
export function goesAhead(reply: Reply | undefined): boolean {
  return reply !== undefined && reply.code >= 300 && reply.code < 400;
}

/**
 * One outcome for each recipient that was named. `sent` is who was accepted together with the
 * content. Where MAIL was refused, whatever was said to the commands behind it is an echo of that.
 */
export function outcomesOf(named: readonly string[], said: Said): Outcome[] {
  let accepted = 0;
  return named.map((address, place) => {
    if (said.mail === undefined) return unknown(address, said.ending);
    if (!taken(said.mail)) return refused(address, said.mail);
    const own = said.recipients[place];
    if (own === undefined) return unknown(address, said.ending);
    if (!taken(own)) return refused(address, own);
    if (said.cutShort) return refused(address, said.cutShort);
    const last = said.content?.[said.lmtp ? accepted++ : 0];
    if (last !== undefined)
      return taken(last)
        ? { address, kind: "sent", reply: last.text }
        : refused(address, last);
    const { data } = said;
    return data === undefined || taken(data) || goesAhead(data)
      ? unknown(address, said.ending)
      : refused(address, data);
  });
}

/**
 * Whether the server may have taken something: it was not turned away at once, and answered for a
 * recipient or had content.
 */
export function wasBegun({ mail, recipients, content }: Said): boolean {
  if (mail !== undefined && !taken(mail)) return false;
  return recipients.length > 0 || content !== undefined;
}

/** A reply that refused is never `sent`, whatever its first digit. */
function refused(address: string, reply: Reply): Outcome {
  const kind = reply.kind === "never" ? "never" : "later";
  return { address, kind, reply: reply.text };
}

function unknown(address: string, ending: Ending | undefined): Outcome {
  const { reply = "no reply", trouble } = ending ?? {};
  return trouble === undefined
    ? { address, kind: "later", reply }
    : { address, kind: "later", reply, trouble };
}
