/**
 * What waits in the state to be told goes into the queue `events`: at once by whoever has done it, and by
 * any runner where that one has died or could not. First it is in the queue, then it is forgotten: a crash
 * between them, or two who tell at the same time, make two events of the same id.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import { type Log, oneLine, stderrLog } from "../base/log.ts";
import { readText } from "../base/settings.ts";
import { HOUR } from "../base/units.ts";
import { domainOf, localOf } from "../mail/address.ts";
import type { Child } from "../spool/commit.ts";
import { enqueueAll, mustBeThere } from "../spool/enqueue.ts";
import { freshName } from "../spool/name.ts";
import { Spool } from "../spool/spool.ts";
import type { Due, Guard } from "../state/outbox.ts";
import { Lists } from "./directory.ts";
import { EVENTS, eventMessage, eventOf, eventsAddress } from "./events.ts";
import { loadSite, type Site } from "./settings.ts";
import { stateOf } from "./state.ts";

/** Milliseconds that whoever does something has to tell it before others do. */
const GRACE = 3000;
/** Milliseconds after which what has not been done will not be: whoever was about to has died. */
const ABANDONED = HOUR;

interface Desk {
  readonly site: Site;
  readonly lists: Lists;
  /** One tells at a time. */
  busy: Promise<unknown>;
}

/** What was last said of what cannot be told, and when: a state that is away is asked again and again. */
let said = { text: "", at: 0 };
/** Milliseconds for which it is not said again. */
const QUIET = 600_000;

const desks = new Map<string, Desk>();

function deskOf(home: string): Desk {
  const known = desks.get(home);
  if (known) return known;
  const site = loadSite(home);
  const desk = { site, lists: new Lists(home, site), busy: Promise.resolve() };
  desks.set(home, desk);
  return desk;
}

/** Tells what this process has done. Never throws: what cannot be told now a runner tells later. */
export function tellOwn(home: string): Promise<void> {
  return inTurn(home, async (desk) => {
    const { outbox } = await stateOf(home);
    const due = await outbox.own(systemClock.now());
    if (due.length > 0) failpoint("event-due");
    await tellAll(desk, due);
  });
}

/** What tells what others have left, by the home. */
const telling = new Map<string, Promise<void>>();

/** Tells what others have done and not told; where that is at work it is waited for. Never throws. */
export function tellOverdue(home: string, log: Log = stderrLog): Promise<void> {
  const atWork = telling.get(home);
  if (atWork) return atWork;
  const told = inTurn(home, overdue, log).finally(() => telling.delete(home));
  telling.set(home, told);
  return told;
}

async function overdue(desk: Desk): Promise<void> {
  const { outbox } = await stateOf(desk.site.home);
  const before = systemClock.now() - GRACE;
  // Some stay: whoever does what they tell is still at work.
  for (let after = ""; ; ) {
    const due = await outbox.since(before, after);
    const last = due.at(-1);
    if (last === undefined) return;
    await tellAll(desk, due);
    after = last.id;
  }
}

/** Tells one where it has been done; whoever has noted it forgets it. Throws where it cannot be told. */
export async function tellOne(home: string, due: Due): Promise<void> {
  const { site, lists } = deskOf(home);
  if (isDone(home, due)) await publish({ site, lists }, [due]);
}

function inTurn(
  home: string,
  act: (desk: Desk) => Promise<void>,
  log: Log = stderrLog,
): Promise<void> {
  try {
    const desk = deskOf(home);
    const turn = desk.busy.then(() => act(desk)).catch(say);
    desk.busy = turn;
    return turn;
  } catch (error) {
    say(error);
    return Promise.resolve();
  }
  function say(error: unknown): void {
    const text = `some are told later: ${oneLine(messageOf(error))}`;
    const at = systemClock.now();
    if (said.text === text && at - said.at < QUIET) return;
    said = { text, at };
    log(EVENTS, text);
  }
}

async function tellAll(desk: Desk, due: readonly Due[]): Promise<void> {
  const { home } = desk.site;
  const done = due.filter((one) => isDone(home, one));
  const limit = systemClock.now() - ABANDONED;
  const over = due.filter((one) => done.includes(one) || one.at < limit);
  if (over.length === 0) return;
  await publish(desk, done);
  failpoint("event-told");
  const { outbox } = await stateOf(home);
  await outbox.done(over.map(({ id }) => id));
}

async function publish(
  { site, lists }: Pick<Desk, "site" | "lists">,
  due: readonly Due[],
): Promise<void> {
  const spool = new Spool(join(site.home, "spool"));
  mustBeThere(spool);
  const children = due
    .filter((one) => isWanted(lists, site, one))
    .map((one) => entryOf(site, one));
  if (children.length === 0) return;
  spool.make(EVENTS);
  await enqueueAll(spool, EVENTS, children);
}

/** Whether it has come to what is told. */
function isDone(home: string, { guard }: Due): boolean {
  return guard === undefined || hashOf(home, guard.file) !== guard.before;
}

/** A file as it is now. @param file below the home */
export function guardOf(home: string, file: string): Guard {
  return { file, before: hashOf(home, file) };
}

function hashOf(home: string, file: string): string {
  const text = readText(join(home, file));
  return text === undefined
    ? ""
    : createHash("sha256").update(text).digest("hex");
}

/** A list that is gone, or broken, does without nothing. */
function isWanted(lists: Lists, site: Site, { list, event }: Due): boolean {
  let without: unknown = site.list.events_without;
  try {
    without = lists.get(list)?.settings.events_without ?? without;
  } catch {
    // It is told by the site's settings.
  }
  return !(Array.isArray(without) && without.includes(event));
}

function entryOf(site: Site, due: Due): Child {
  const { list: address, at } = due;
  const list = { local: localOf(address), domain: domainOf(address) };
  const { id, event, detail } = due;
  const told = eventOf(event, { id, list: address, at }, due, detail);
  return {
    queue: EVENTS,
    name: freshName(systemClock.now()),
    envelope: {
      sender: "",
      recipient: eventsAddress(site, list),
      list: address,
      extension: EVENTS,
      origin: due.by === "mail" && due.cause ? due.cause : "operator",
      received: told.at,
      history: [],
    },
    message: [eventMessage(site, list, told)],
  };
}
