/**
 * What follows from a delivery: recipients that are served are done with, those that failed for
 * good make a report, the others are tried again later or by the next runner.
 */
import type { Child } from "../spool/commit.ts";
import { startOf, withEvent } from "../spool/envelope.ts";
import {
  childOf,
  emitted,
  givenLinks,
  outbound,
  refused,
  subjectOf,
} from "./aftermath.ts";
import { delay, isSpent } from "./backoff.ts";
import type { Mill } from "./mill.ts";
import type { Pass } from "./pass.ts";
import type { Content, Emission, Outcome } from "./question.ts";

/** How a delivery came out. */
export type Delivery =
  | {
      readonly kind: "finished";
      readonly words: string;
      readonly children: Child[];
    }
  | { readonly kind: "later"; readonly words: string; readonly reason: string }
  | { readonly kind: "interrupted"; readonly words: string };

/**
 * Sorts outcomes into what is done, what is tried again, and what is reported as failed.
 * @param silence why some recipients may have no outcome
 */
export async function settleDelivery<C extends Content>(
  pass: Pass<C>,
  mill: Mill<C>,
  say: (text: string) => void,
  silence: string,
): Promise<Delivery> {
  const now = mill.clock.now();
  const { id, attempt } = pass.claim.name;
  const of = (kind: Outcome["kind"]) =>
    pass.serving.outcomes.filter((outcome) => outcome.kind === kind);
  const interrupted = mill.signal.aborted;
  const silent = pass.serving.left().map(
    (address) =>
      ({
        address,
        kind: "later",
        reply: silence,
      }) as const,
  );
  const waiting: Outcome[] = interrupted
    ? of("later")
    : [...of("later"), ...silent];
  const age = now - startOf(pass.envelope, id);
  const spent = waiting.length > 0 && isSpent(mill.retry, age);
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
    const children = await more(pass, mill, say, [...settled, ...emissions]);
    return { kind: "finished", words, children };
  }
  const report = await mill.trade.undeliverable(subjectOf(pass), failed, now);
  // Hooks that are asked again with the rest emit again.
  const emissions = again.length > 0 ? [] : pass.emissions;
  const children = await more(pass, mill, say, [...pass.settled, ...emissions]);
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
      links: givenLinks(pass),
    });
  }
  return { kind: "finished", words, children };
}

async function more<C extends Content>(
  pass: Pass<C>,
  mill: Mill<C>,
  say: (text: string) => void,
  emissions: readonly Emission[],
): Promise<Child[]> {
  return [
    ...(await Array.fromAsync(emitted(pass, mill, emissions))),
    ...(await Array.fromAsync(refused(pass, mill, say))),
  ];
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
