/**
 * What follows from an entry that went through its pipeline: the entries that take its place.
 * A route moves it on, a distribution list is split into outbound entries that share the message
 * by hard link, each emitted message goes to the front door, failed recipients make a report.
 */
import { linesOfFile } from "../base/lines.ts";
import type { Child } from "../spool/commit.ts";
import { withEvent } from "../spool/envelope.ts";
import { birth, newId } from "../spool/name.ts";
import { frontDoor } from "../spool/queue.ts";
import { delay, isSpent } from "./backoff.ts";
import type { Pass } from "./pass.ts";
import type { Content, Emission, Outcome } from "./question.ts";
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
  if (pass.list) yield* exploded(pass, pass.list, mill, say);
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
  const { original, recipients } = pass;
  yield { ...again, message: original, recipients, progress: pass.notes() };
}

async function* emitted<C extends Content>(
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

/** Consumers that refused the message for good: it is kept, with the reason. */
async function* refused<C extends Content>(
  pass: Pass<C>,
  mill: Mill<C>,
  say: (text: string) => void,
): AsyncGenerator<Child> {
  const now = mill.clock.now();
  for (const { where, reason } of pass.refusals) {
    say(`refused for good by ${where}: ${reason}`);
    const rest = { queue: pass.claim.queue };
    const event = {
      at: new Date(now).toISOString(),
      where,
      what: "failed",
      reason,
    } as const;
    const envelope = withEvent({ ...pass.envelope, rest }, event);
    yield childOf(
      { queue: "failed", envelope, content: [] },
      now,
      pass.original,
    );
  }
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
  say(`exploded: ${total} recipients in ${entries} entries`);
}

/** How a delivery came out. */
export type Delivery =
  | {
      readonly kind: "finished";
      readonly words: string;
      readonly children: Child[];
    }
  | { readonly kind: "later"; readonly words: string; readonly reason: string }
  | { readonly kind: "interrupted"; readonly words: string };

/** Sorts outcomes into what is done, what is tried again, and what is reported as failed. */
export async function settleDelivery<C extends Content>(
  pass: Pass<C>,
  mill: Mill<C>,
): Promise<Delivery> {
  const now = mill.clock.now();
  const { id, attempt } = pass.claim.name;
  const of = (kind: Outcome["kind"]) =>
    pass.outcomes.filter((outcome) => outcome.kind === kind);
  const interrupted = mill.signal.aborted;
  const silent = pass.untried.map(
    (address) =>
      ({
        address,
        kind: "later",
        reply: "no deliver hook said what became of it",
      }) as const,
  );
  const waiting: Outcome[] = interrupted
    ? of("later")
    : [...of("later"), ...silent];
  const spent = waiting.length > 0 && isSpent(mill.retry, now - birth(id));
  const failed = spent ? [...of("never"), ...waiting] : of("never");
  const again = [...(spent ? [] : waiting), ...(interrupted ? silent : [])].map(
    ({ address }) => address,
  );
  const words = wordsOf(
    of("sent").length,
    spent ? [] : waiting,
    failed,
    interrupted ? silent.length : 0,
  );
  if (failed.length === 0) {
    if (interrupted && again.length > 0) return { kind: "interrupted", words };
    if (again.length > 0)
      return { kind: "later", words, reason: summary(waiting) };
    const { settled, emissions } = pass;
    const children = await more(pass, mill, [...settled, ...emissions]);
    return { kind: "finished", words, children };
  }
  const report = await mill.trade.undeliverable(subjectOf(pass), failed, now);
  // Hooks that are asked again with the rest emit again.
  const emissions = again.length > 0 ? [] : pass.emissions;
  const children = await more(pass, mill, [...pass.settled, ...emissions]);
  if (report) children.push(childOf(report, now));
  if (again.length > 0) {
    const wait = interrupted ? 0 : delay(mill.retry, attempt, Math.random());
    const event = {
      at: new Date(now).toISOString(),
      where: outbound,
      what: "later",
      reason: summary(waiting),
    } as const;
    children.push({
      queue: pass.claim.queue,
      name: { due: Math.floor((now + wait) / 1000), attempt: attempt + 1, id },
      envelope: withEvent(pass.envelope, event),
      message: pass.original,
      recipients: again,
      progress: pass.done,
    });
  }
  return { kind: "finished", words, children };
}

async function more<C extends Content>(
  pass: Pass<C>,
  mill: Mill<C>,
  emissions: readonly Emission[],
): Promise<Child[]> {
  return Array.fromAsync(emitted(pass, mill, emissions));
}

function wordsOf(
  sent: number,
  waiting: readonly Outcome[],
  failed: readonly Outcome[],
  left: number,
): string {
  const parts = [`sent ${sent}`];
  if (waiting.length > 0) parts.push(`later ${summary(waiting)}`);
  if (failed.length > 0) parts.push(`never ${summary(failed)}`);
  if (left > 0) parts.push(`${left} left for the next runner`);
  return parts.join(", ");
}

/** `3 (451 try again)`: how many, and the first reply. */
function summary(outcomes: readonly Outcome[]): string {
  return `${outcomes.length} (${outcomes[0]?.reply ?? "stopped"})`;
}
