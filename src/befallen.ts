/**
 * What programs are told where a hook holds or refuses a post: an event, in the commit of the post's entry.
 */
import { oneLine } from "./base/log.ts";
import type { Draft, Subject, Trade } from "./engine/trade.ts";
import type { List } from "./lists/directory.ts";
import { EVENTS, emissionOf, messageIdIn, postShown } from "./lists/events.ts";
import type { Site } from "./lists/settings.ts";
import type { Message } from "./mail/message.ts";
import type { Envelope } from "./spool/envelope.ts";

type End = Parameters<Trade<Message>["befallen"]>[1];

/** @param listOf the list of an envelope */
export function befallen(
  site: Site,
  listOf: (envelope: Envelope) => List | undefined,
  subject: Subject<Message>,
  end: End,
  now: number,
): Draft[] {
  const list = listOf(subject.envelope);
  const emission =
    list && subject.queue === "posts"
      ? eventOf(site, list, subject, end, now)
      : undefined;
  if (!list || !emission) return [];
  const { recipient, content } = emission;
  return [
    {
      queue: EVENTS,
      envelope: {
        ...followed(subject, now),
        sender: "",
        recipient,
        list: list.address,
        extension: EVENTS,
      },
      content,
    },
  ];
}

function eventOf(
  site: Site,
  list: List,
  subject: Subject<Message>,
  { kind, where, reason }: End,
  now: number,
) {
  const { id, queue, message, envelope } = subject;
  const { history } = envelope;
  const about = { entry: id, hook: where, reason: oneLine(reason) };
  const detail = { ...postShown(subject), ...about };
  const messageId = messageIdIn(message.header);
  const actor = { by: "mill", who: where, messageId } as const;
  const at = { site, list, id, queue, now };
  // What has been let go may be held anew.
  const more = JSON.stringify([where, history.length, history.at(-1)]);
  if (kind === "hold") return emissionOf(at, "post.held", actor, detail, more);
  const rejected = { ...detail, verdict: "reject" } as const;
  return emissionOf(at, "post.rejected", actor, rejected, more);
}

/** What every message that follows from another one has in common. */
export function followed(
  subject: Subject,
  now: number,
): Pick<Envelope, "origin" | "received" | "history"> {
  return {
    origin: `${subject.queue}/${subject.id}`,
    received: new Date(now).toISOString(),
    history: [],
  };
}
