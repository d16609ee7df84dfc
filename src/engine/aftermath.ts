/**
 * What follows from an entry that went through its pipeline: the entries that take its place.
 * A route moves it on, a distribution list is split into outbound entries that share the message
 * by hard link, each emitted message goes to the front door.
 */
import { linesOfFile } from "../base/lines.ts";
import type { Child } from "../spool/commit.ts";
import { withEvent } from "../spool/envelope.ts";
import { newId } from "../spool/name.ts";
import { frontDoor } from "../spool/queue.ts";
import type { Pass } from "./pass.ts";
import type { Content, Emission } from "./question.ts";
import type { Draft, Subject } from "./trade.ts";
import type { Mill } from "./turn.ts";

/** The queue of entries that carry recipients to be served. */
export const outbound = "outbound";

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

/** The entries that follow from one that has passed. */
export async function* following<C extends Content>(
  pass: Pass<C>,
  mill: Mill<C>,
  say: (text: string) => void,
): AsyncGenerator<Child> {
  yield* emitted(pass, mill, [...pass.settled, ...pass.emissions]);
  yield* refused(pass, mill, say);
  if (pass.route !== undefined) {
    say(`routed to ${pass.route}`);
    const { envelope } = pass;
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
  };
}

export async function* emitted<C extends Content>(
  pass: Pass<C>,
  mill: Mill<C>,
  emissions: readonly Emission[],
): AsyncGenerator<Child> {
  const now = mill.clock.now();
  for (const { recipient, content, due } of emissions) {
    const envelope = mill.trade.emitted(subjectOf(pass), recipient, now);
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
  const { envelope, portion } = mill.trade.distributed(subjectOf(pass), now);
  const file = await pass.file();
  let recipients: string[] = [];
  let total = 0;
  let entries = 0;
  const next = (): Child => {
    entries += 1;
    total += recipients.length;
    const child = childOf(
      { queue: outbound, envelope, content: [], recipients },
      now,
      file,
    );
    recipients = [];
    return child;
  };
  for await (const address of linesOfFile(list)) {
    recipients.push(address);
    if (recipients.length >= portion) yield next();
  }
  if (recipients.length > 0) yield next();
  const plural = (count: number, one: string, many: string) =>
    `${count} ${count === 1 ? one : many}`;
  say(
    `exploded: ${plural(total, "recipient", "recipients")} in ${plural(entries, "entry", "entries")}`,
  );
}
