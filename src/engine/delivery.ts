/**
 * What follows from a delivery: recipients that are served are done with, those that failed for
 * good make a report, the others are tried again later, those of a destination together, or by the
 * next runner. Those that were not even tried wait without having used up a try.
 */
import type { Child } from "../spool/commit.ts";
import { startOf } from "../spool/envelope.ts";
import { secondOf } from "../spool/name.ts";
import { childOf, emitted, refused, subjectOf } from "./aftermath.ts";
import { isSpent } from "./backoff.ts";
import type { Mill } from "./mill.ts";
import type { Pass } from "./pass.ts";
import type { Content, Emission, Outcome } from "./question.ts";
import { Remainder, summary } from "./remainder.ts";

/** How a delivery came out. */
export type Delivery =
  | {
      readonly kind: "finished";
      readonly words: string;
      readonly children: Child[];
    }
  /** The entry itself waits; all that is left of it was tried. */
  | {
      readonly kind: "later";
      readonly words: string;
      readonly reason: string;
      readonly waiting: readonly Outcome[];
    }
  /** The entry itself waits until a second, and nothing was tried. */
  | {
      readonly kind: "untried";
      readonly words: string;
      readonly due: number;
      readonly waiting: readonly Outcome[];
    }
  | { readonly kind: "interrupted"; readonly words: string };

/** Entries that what waits is divided into at most. */
const GROUPS = 16;

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
  const { sent, never, waiting, untried, left } = sorted(pass, mill, silence);
  const spent = isSpent(
    mill.retry,
    now - startOf(pass.envelope, pass.claim.name.id),
  );
  // What a limit of ours keeps waits as long as it has to.
  const kept = spent ? untried.filter(({ limited }) => limited) : untried;
  const failed = spent
    ? [...never, ...waiting, ...untried.filter(({ limited }) => !limited)]
    : never;
  const words = wordsOf(
    sent,
    spent ? [] : waiting,
    kept.length,
    failed,
    left.length,
  );
  const { attempt } = pass.claim.name;
  const isDivided = pass.envelope.portion === undefined && attempt > 0;
  const groups = spent ? [] : grouped(waiting, mill, isDivided);
  const rests = Number(left.length > 0) + Number(kept.length > 0);
  const { settled, emissions } = pass;
  if (failed.length === 0 && groups.length + rests === 1) {
    const [only] = groups;
    if (only)
      return { kind: "later", words, reason: summary(only), waiting: only };
    if (left.length > 0) return { kind: "interrupted", words };
    return { kind: "untried", words, due: dueOf(kept, now), waiting: kept };
  }
  const isLast = groups.length + rests === 0;
  // Hooks that are asked again with the rest emit again.
  const goOut = isLast ? [...settled, ...emissions] : settled;
  const children = await more(pass, mill, say, goOut);
  if (failed.length > 0) {
    const report = await mill.trade.undeliverable(subjectOf(pass), failed, now);
    if (report) children.push(childOf(report, now));
  }
  const remainder = new Remainder(pass, mill.retry, groups.length + rests);
  for (const group of groups) children.push(remainder.tried(group, now));
  if (kept.length > 0) children.push(remainder.untried(kept, dueOf(kept, now)));
  if (left.length > 0) children.push(remainder.left(left, now));
  const apart = groups.length > 1 ? `, waits in ${groups.length} entries` : "";
  return { kind: "finished", words: words + apart, children };
}

interface Sorted {
  readonly sent: number;
  readonly never: readonly Outcome[];
  /** Tried, and to be tried again. */
  readonly waiting: readonly Outcome[];
  /** Not tried. */
  readonly untried: readonly Outcome[];
  /** Left by a runner that had to stop. */
  readonly left: readonly Outcome[];
}

function sorted<C extends Content>(
  { serving }: Pass<C>,
  { signal }: Mill<C>,
  silence: string,
): Sorted {
  const of = (kind: Outcome["kind"]) =>
    serving.outcomes.filter((outcome) => outcome.kind === kind);
  const silent = serving
    .left()
    .map((address) => ({ address, kind: "later", reply: silence }) as const);
  const later = of("later");
  const tried = later.filter(({ after }) => after === undefined);
  return {
    sent: of("sent").length,
    never: of("never"),
    waiting: signal.aborted ? tried : [...tried, ...silent],
    untried: later.filter(({ after }) => after !== undefined),
    left: signal.aborted ? silent : [],
  };
}

/**
 * Those of a destination together; beyond some destinations the smaller ones share the last place.
 * What was divided once stays together, or a relay that refuses for days would leave a folder a
 * domain.
 */
function grouped<C extends Content>(
  waiting: readonly Outcome[],
  { trade }: Mill<C>,
  isDivided: boolean,
): (readonly Outcome[])[] {
  if (isDivided) return waiting.length > 0 ? [waiting] : [];
  const groups = [
    ...Map.groupBy(waiting, ({ address }) =>
      trade.destination(address),
    ).values(),
  ].sort((a, b) => b.length - a.length);
  const rest = groups.splice(GROUPS - 1).flat();
  return rest.length > 0 ? [...groups, rest] : groups;
}

/** The second at which the first of them may be tried; not this one, or no other entry had a turn. */
function dueOf(untried: readonly Outcome[], now: number): number {
  const first = untried.reduce(
    (first, { after = first }) => Math.min(first, after),
    Number.POSITIVE_INFINITY,
  );
  return Math.max(first, secondOf(now) + 1);
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
  untried: number,
  failed: readonly Outcome[],
  left: number,
): string {
  const parts = [`sent ${sent}`];
  if (waiting.length > 0) parts.push(`later ${summary(waiting)}`);
  if (untried > 0) parts.push(`${untried} not tried yet`);
  if (failed.length > 0) parts.push(`never ${summary(failed)}`);
  if (left > 0) parts.push(`${left} left for the next runner`);
  return parts.join(", ");
}
