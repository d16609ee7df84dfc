/**
 * What follows from an entry that went through its pipeline: the entries that take its place.
 * A route moves it on, a distribution list is split into outbound entries that share the message
 * by hard link, each emitted message goes to the front door.
 */
import { join } from "node:path";
import { pagesOfFile } from "../base/lines.ts";
import { plural } from "../base/log.ts";
import type { Child } from "../spool/commit.ts";
import { syncPath } from "../spool/durable.ts";
import { type GivenBy, withEvent } from "../spool/envelope.ts";
import { isQueueName, newId } from "../spool/name.ts";
import { frontDoor } from "../spool/queue.ts";
import { restingQueues } from "../spool/spool.ts";
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
      due: draft.due ?? Math.floor(now / 1000),
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
  const rests = (restingQueues as readonly string[]).includes(route);
  return rests || route === claim.queue || !isQueueName(route)
    ? `it cannot be routed to "${route}"`
    : undefined;
}

/** The entries that follow from one that has passed. */
export async function* following<C extends Content>(
  pass: Pass<C>,
  mill: Mill<C>,
  say: (text: string) => void,
): AsyncGenerator<Child> {
  yield* emitted(pass, mill, [...pass.settled, ...pass.emissions]);
  yield* refused(pass, mill, say);
  if (pass.route !== undefined) {
    const { envelope } = pass;
    say(
      `routed to ${pass.route} (from=<${envelope.sender}> to=<${envelope.recipient}>)`,
    );
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
  yield {
    ...again,
    message: pass.original,
    recipients: pass.serving.recipients,
    progress: pass.notes(),
    links: givenLinks(pass),
  };
}

export async function* emitted<C extends Content>(
  pass: Pass<C>,
  mill: Mill<C>,
  emissions: readonly Emission[],
): AsyncGenerator<Child> {
  const now = mill.clock.now();
  for (const { recipient, content, due } of emissions) {
    const subject = subjectOf(pass);
    const envelope = await mill.trade.emitted(subject, recipient, now);
    const draft = {
      queue: frontDoor,
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
    name: { due: Math.floor(now / 1000), attempt: 0, id },
    envelope,
    message: pass.original,
    progress: pass.doneBy(pass.refusals.map(({ where }) => where)),
  };
}

async function* exploded<C extends Content>(
  pass: Pass<C>,
  list: string,
  mill: Mill<C>,
  say: (text: string) => void,
): AsyncGenerator<Child> {
  const now = mill.clock.now();
  const distributed = mill.trade.distributed(subjectOf(pass), now);
  const { given, links } = await givenBy(pass);
  const envelope = { ...distributed.envelope, given };
  const { portion } = distributed;
  const file = await pass.file();
  let recipients: string[] = [];
  let total = 0;
  let entries = 0;
  const next = (): Child => {
    entries += 1;
    total += recipients.length;
    const draft = { queue: outbound, envelope, content: [], recipients };
    recipients = [];
    return { ...childOf(draft, now, file), links };
  };
  for await (const page of pagesOfFile(list))
    for (const address of page) {
      if (address !== "") recipients.push(address);
      if (recipients.length >= portion) yield next();
    }
  if (recipients.length > 0) yield next();
  say(
    `exploded: ${plural(total, "recipient", "recipients")} in ${plural(entries, "entry", "entries")}`,
  );
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
export function givenLinks<C extends Content>(
  pass: Pass<C>,
): Record<string, string> {
  const files = new Set(pass.envelope.given?.map(({ file }) => file));
  return Object.fromEntries(
    [...files].map((name) => [name, join(pass.claim.path, name)]),
  );
}
