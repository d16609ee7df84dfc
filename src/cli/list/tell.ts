/**
 * What a person did to a list is told in the queue `events`.
 */
import { messageOf } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";
import type { List } from "../../lists/directory.ts";
import { EVENTS, eventMessage, eventsAddress } from "../../lists/events.ts";
import { enqueue } from "../../spool/enqueue.ts";
import { freshName, newId } from "../../spool/name.ts";
import { actor } from "../actor.ts";
import type { Context } from "../context.ts";

/**
 * Tells of something that is done. Never throws: what is done stays so.
 * @param what `created`, `frozen` …
 */
export async function tell(
  context: Context,
  list: Pick<List, "address" | "local" | "domain">,
  what: string,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { site, spool, clock } = context;
  const now = clock.now();
  const id = newId(now);
  const at = new Date(now).toISOString();
  const { address } = list;
  const event = {
    event: `list.${what}`,
    list: address,
    at,
    by: actor(),
    detail,
  };
  try {
    spool.make(EVENTS);
    await enqueue(spool, {
      queue: EVENTS,
      name: freshName(now, id),
      envelope: {
        sender: "",
        recipient: eventsAddress(site, list),
        list: address,
        extension: EVENTS,
        origin: "operator",
        received: at,
        history: [],
      },
      message: [eventMessage(site, list, event, id)],
    });
  } catch (error) {
    process.stderr.write(
      `listmill: ${event.event} ${address} is not told in the queue ${EVENTS}: ${oneLine(messageOf(error))}\n`,
    );
  }
}
