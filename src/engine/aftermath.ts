/**
 * What follows from an entry that went through its pipeline: the entries that take its place.
 * A route moves it on, a distribution list is split into outbound entries that share the message
 * by hard link, each emitted message goes to the front door.
 */
import { join } from "node:path";
import { plural } from "../base/log.ts";
import type { Child } from "../spool/commit.ts";
import { syncPath } from "../spool/durable.ts";
import { type Envelope, type GivenBy, withEvent } from "../spool/envelope.ts";
import {
  freshName,
  isQueueName,
  laneOf,
  newId,
  secondOf,
} from "../spool/name.ts";
import { frontDoor } from "../spool/queue.ts";
import {
  hasRecipients,
  recipientsFile,
  wholeList,
} from "../spool/recipients.ts";
import { isResting } from "../spool/spool.ts";
import type { Mill } from "./mill.ts";
import type { Pass } from "./pass.ts";
import type { Content, Emission } from "./question.ts";
import type { Draft, Subject } from "./trade.ts";

/** The queue of entries that carry recipients to be served. */
export const outbound = "outbound";
/** The file of an outbound entry with the addresses as recipients hooks gave them. */
const GIVEN = "given";

export function subjectOf<C extends Content>(pass: Pass<C>): Subject<C> {
  const { id } = pass.claim.name;
  return {
    id,
    queue: pass.claim.queue,
    envelope: pass.envelope,
    message: pass.message,
  };
}

/** A draft as an entry to be. @param now milliseconds @param file instead of the draft's content */
export function childOf(draft: Draft, now: number, file?: string): Child {
  return {
    queue: draft.queue,
    name: {
      due: draft.due ?? secondOf(now),
      attempt: 0,
      id: newId(now),
    },
    envelope: draft.envelope,
    message: file ?? draft.content,
    ...(draft.recipients ? { recipients: draft.recipients } : {}),
  };
}

/** Why what route hooks said leads nowhere; undefined where it leads on. */
export function misrouted<C extends Content>({
  route,
  asksRoute,
  claim,
  distribution,
}: Pass<C>): string | undefined {
  if (route === undefined)
    return asksRoute && !distribution.file
      ? "no route hook named a queue for it"
      : undefined;
  return isResting(route) || route === claim.queue || !isQueueName(route)
    ? `it cannot be routed to "${route}"`
    : undefined;
}

/** For the log. */
export function routedTo(queue: string, envelope: Envelope): string {
  return `routed to ${queue} (from=<${envelope.sender}> to=<${envelope.recipient}>)`;
}

/** The queue that the entry goes on to as it is; undefined where more, or something else, follows. */
export function onward<C extends Content>(pass: Pass<C>): string | undefined {
  const { route, emissions, hasSettled, distribution } = pass;
  const isAlone =
    emissions.length === 0 &&
    !hasSettled &&
    distribution.file === undefined &&
    !pass.isEdited &&
    pass.answers.length === 0 &&
    pass.notes().length === 0;
  return isAlone && route !== outbound ? route : undefined;
}

/** The entries that follow from one that has passed. */
export async function* following<C extends Content>(
  pass: Pass<C>,
  mill: Mill<C>,
  say: (text: string) => void,
): AsyncGenerator<Child> {
  yield* emitted(pass, mill, [...pass.settled, ...pass.emissions]);
  yield* refused(pass, mill, say);
  yield* answered(pass, mill, say);
  if (pass.route !== undefined) {
    const { envelope } = pass;
    say(routedTo(pass.route, envelope));
    const recipients =
      pass.route === outbound ? [envelope.recipient] : undefined;
    const draft = {
      queue: pass.route,
      envelope,
      content: [],
      ...(recipients ? { recipients } : {}),
    };
    yield childOf(draft, mill.clock.now(), await pass.file());
  }
  const list = pass.distribution.file;
  if (list) yield* exploded(pass, list, mill, say);
}

/** What is answered to the requests in it. */
async function* answered<C extends Content>(
  pass: Pass<C>,
  mill: Mill<C>,
  say: (text: string) => void,
): AsyncGenerator<Child> {
  const { answers } = pass;
  if (answers.length === 0) return;
  for (const { request, kind } of answers) say(`${request.name}: ${kind}`);
  const now = mill.clock.now();
  const subject = subjectOf(pass);
  for (const draft of await mill.trade.answered(subject, answers, now, say))
    yield childOf(draft, now);
}

/** The entry itself again, where, when and with what envelope the runner says. */
export type Again = Pick<Child, "queue" | "name" | "envelope">;

/** What consumers left that are through, and the entry as it came, for the others. */
export async function* followingSettled<C extends Content>(
  pass: Pass<C>,
  mill: Mill<C>,
  say: (text: string) => void,
  again: Again | undefined,
): AsyncGenerator<Child> {
  yield* emitted(pass, mill, pass.settled);
  yield* refused(pass, mill, say);
  if (!again) return;
  const { path } = pass.claim;
  const hasList = hasRecipients(path);
  yield {
    ...again,
    message: pass.original,
    progress: pass.notes(),
    links: hasList
      ? listLinks(path, pass.envelope)
      : givenLinks(path, pass.envelope),
  };
}

export async function* emitted<C extends Content>(
  pass: Pass<C>,
  mill: Mill<C>,
  emissions: readonly Emission[],
): AsyncGenerator<Child> {
  const now = mill.clock.now();
  for (const emission of emissions) {
    const { content, due } = emission;
    const subject = subjectOf(pass);
    const envelope = await mill.trade.emitted(subject, emission, now);
    const draft = {
      queue: emission.queue ?? frontDoor,
      envelope,
      content: content ?? [],
      ...(due === undefined ? {} : { due }),
    };
    yield childOf(draft, now, content ? undefined : await pass.file());
  }
}

/**
 * Consumers that refused the message for good: it is kept, with the reasons, and with the note of
 * the consumers that need not see it again when it is released.
 */
export async function* refused<C extends Content>(
  pass: Pass<C>,
  mill: Mill<C>,
  say: (text: string) => void,
): AsyncGenerator<Child> {
  if (pass.refusals.length === 0) return;
  const now = mill.clock.now();
  const at = new Date(now).toISOString();
  let envelope = { ...pass.envelope, rest: { queue: pass.claim.queue } };
  for (const { where, reason } of pass.refusals) {
    say(`refused for good by ${where}: ${reason}`);
    const event = { at, where, what: "failed", reason } as const;
    envelope = { ...envelope, ...withEvent(envelope, event) };
  }
  const { id } = pass.claim.name;
  yield {
    queue: "failed",
    name: freshName(now, id),
    envelope,
    message: pass.original,
    progress: pass.doneBy(pass.refusals.map(({ where }) => where)),
  };
}

/** One entry with the whole list, whatever its length: it is cut up where it is served. */
async function* exploded<C extends Content>(
  pass: Pass<C>,
  list: string,
  mill: Mill<C>,
  say: (text: string) => void,
): AsyncGenerator<Child> {
  const now = mill.clock.now();
  const portion = wholeList(list);
  say(`exploded: ${plural(portion.count, "recipient", "recipients")}`);
  if (portion.count === 0) return;
  const { envelope, due } = mill.trade.distributed(subjectOf(pass), now);
  const { given, links } = await givenBy(pass);
  await syncPath(list);
  const draft = {
    queue: outbound,
    envelope: { ...envelope, given, portion },
    content: [],
    ...(due === undefined ? {} : { due }),
  };
  const child = childOf(draft, now, await pass.file());
  const lane = laneOf(envelope.list ?? "", pass.claim.name.id, portion.count);
  yield {
    ...child,
    name: { ...child.name, lane },
    links: { ...links, recipients: list },
  };
}

/** What tells of a recipient who gave it: files that all entries of a post share, and their index. */
async function givenBy<C extends Content>(
  pass: Pass<C>,
): Promise<{ given: GivenBy[]; links: Record<string, string> }> {
  const links: Record<string, string> = {};
  const names = new Map<string, string>();
  for (const { file } of pass.distribution.given) {
    if (names.has(file)) continue;
    const name = names.size === 0 ? GIVEN : `${GIVEN}.${names.size}`;
    names.set(file, name);
    links[name] = file;
    await syncPath(file);
  }
  const given = pass.distribution.given.map(({ hook, file, start, end }) => ({
    hook,
    file: names.get(file) ?? "",
    start,
    end,
  }));
  return { given, links };
}

/** The same files of an entry that was made before. */
export function givenLinks(
  entry: string,
  { given }: Envelope,
): Record<string, string> {
  const files = new Set(given?.map(({ file }) => file));
  return Object.fromEntries(
    [...files].map((name) => [name, join(entry, name)]),
  );
}

/** The same, and the distribution list. */
export function listLinks(
  entry: string,
  envelope: Envelope,
): Record<string, string> {
  const recipients = recipientsFile(entry);
  return { ...givenLinks(entry, envelope), recipients };
}
