/**
 * What a person did to a list is told in the queue `events`. It stands in the state before it is done, so
 * a runner tells it where this process dies behind that; what was not done is not told.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../base/errors.ts";
import { failpoint } from "../../base/failpoint.ts";
import { derivedId, timedId } from "../../base/ids.ts";
import { oneLine } from "../../base/log.ts";
import { EVENTS } from "../../lists/events.ts";
import { guardOf, tellOne } from "../../lists/outbox.ts";
import type { DetailOf, Kind } from "../../lists/schema/event.ts";
import { stateOf } from "../../lists/state.ts";
import { type Due, dueOf } from "../../state/outbox.ts";
import { actor } from "../actor.ts";
import type { Context } from "../context.ts";

/** What happens to lists by a command. */
type Event = Extract<Kind, `list.${string}` | "post.expunged">;

/**
 * Does something to a list of which its list.toml, or another file, is another one afterwards, and tells it.
 * @param address the list's
 * @param change what is done; where it throws and has not been done nothing is told
 * @param file from the home
 */
export async function telling<E extends Event, T>(
  context: Context,
  address: string,
  event: E,
  detail: DetailOf<E>,
  change: () => Promise<T>,
  file = join("lists", address, "list.toml"),
): Promise<T> {
  const { home } = context.site;
  const now = context.clock.now();
  const guard = guardOf(home, file);
  const due = dueOf(address, { event, detail, guard }, now, actor());
  const isNoted = await note(home, due);
  let done: T;
  try {
    done = await change();
  } catch (error) {
    // A runner looks whether it has come to it.
    if (isNoted && guardOf(home, guard.file).before === guard.before)
      await forget(home, due);
    throw error;
  }
  failpoint("event-due");
  await told(home, due, isNoted);
  return done;
}

/**
 * Tells of what is done, and is said again by whoever was cut short.
 * @param mark a file that is there until it is told: the event is the same one as long as it is
 */
export async function tell<E extends Event>(
  context: Context,
  address: string,
  event: E,
  detail: DetailOf<E>,
  mark: string,
): Promise<void> {
  const { home } = context.site;
  const now = context.clock.now();
  const since = statSync(mark, { throwIfNoEntry: false })?.mtimeMs;
  const id =
    since === undefined
      ? timedId(now)
      : derivedId(since, `${event} ${address} ${since}`);
  const due = dueOf(address, { event, detail }, now, actor(), id);
  await told(home, due, await note(home, due));
}

/** Never throws: a state that is away keeps nobody from what is done to lists. */
async function note(home: string, due: Due): Promise<boolean> {
  try {
    await (await stateOf(home)).outbox.add(due);
    return true;
  } catch {
    return false;
  }
}

/** Never throws: what is done stays so. */
async function told(home: string, due: Due, isNoted: boolean): Promise<void> {
  try {
    await tellOne(home, due);
    failpoint("event-told");
    if (isNoted) await forget(home, due);
  } catch (error) {
    process.stderr.write(
      `listmill: ${due.event} ${due.list} is not told in the queue ${EVENTS}${isNoted ? " yet" : ""}: ${oneLine(messageOf(error))}\n`,
    );
  }
}

async function forget(home: string, { id }: Due): Promise<void> {
  await (await stateOf(home)).outbox.done([id]);
}
