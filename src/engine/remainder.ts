/**
 * The entries that take the place of one that was served in part: each is the entry again, for some
 * of its recipients, which are a list of their own then. They are written where all that follows from
 * the entry is. Pure but for the jitter of their waits and their ids.
 */
import { join } from "node:path";
import type { Claim } from "../spool/claim.ts";
import type { Child } from "../spool/commit.ts";
import { type Envelope, withEvent } from "../spool/envelope.ts";
import { type Name, secondOf, sized, successor } from "../spool/name.ts";
import { givenLinks, outbound } from "./aftermath.ts";
import { delay, type Retry } from "./backoff.ts";
import type { Standing } from "./ledger.ts";
import { formatNotes, type Note } from "./notes.ts";
import type { Pass } from "./pass.ts";
import type { Content, Outcome } from "./question.ts";

/**
 * The entry again, for a few of its recipients in their order, with what is noted of them.
 * @param done lines of its progress file that are not about recipients
 */
export function partOf(
  { queue, path }: Pick<Claim, "queue" | "path">,
  envelope: Envelope,
  name: Name,
  group: readonly Standing[],
  done: readonly string[],
): Child {
  const { portion, ...rest } = envelope;
  const notes: Note[] = group.flatMap(({ kind, reply = "" }, at) =>
    kind === undefined ? [] : [{ place: at + 1, kind, reply }],
  );
  return {
    queue,
    name: sized(name, group.length),
    envelope: rest,
    message: join(path, "message"),
    recipients: group.map(({ address }) => address),
    progress: [...done, ...formatNotes(notes)],
    links: givenLinks(path, envelope),
  };
}

export class Remainder<C extends Content> {
  readonly #pass: Pass<C>;
  readonly #retry: Retry;
  readonly #isAlone: boolean;

  /** @param entries how many there will be */
  constructor(pass: Pass<C>, retry: Retry, entries: number) {
    this.#pass = pass;
    this.#retry = retry;
    this.#isAlone = entries === 1;
  }

  /** @param now milliseconds */
  tried(group: readonly Outcome[], now: number): Child {
    const { envelope, claim } = this.#pass;
    const { attempt } = claim.name;
    const wait = delay(this.#retry, attempt, Math.random());
    const event = {
      at: new Date(now).toISOString(),
      where: outbound,
      what: "later",
      reason: summary(group),
    } as const;
    const due = secondOf(now + wait);
    const noted = withEvent(envelope, event);
    return this.#child(group, { due, attempt: attempt + 1 }, noted);
  }

  /** @param due seconds since 1970 */
  untried(group: readonly Outcome[], due: number): Child {
    return this.#child(group, { due });
  }

  /** For the next runner. @param now milliseconds */
  left(group: readonly Outcome[], now: number): Child {
    const untold = group.map(({ address }) => ({ address }));
    return this.#child(untold, { due: secondOf(now) });
  }

  #child(
    group: readonly Standing[],
    when: Partial<Name>,
    envelope = this.#pass.envelope,
  ): Child {
    const { claim, done } = this.#pass;
    const name = { ...claim.name, ...when };
    const own = this.#isAlone ? name : successor(name);
    return partOf(claim, envelope, own, group, done);
  }
}

/** `3 (451 try again)`: how many, and the first reply. */
export function summary(outcomes: readonly Outcome[]): string {
  return `${outcomes.length} (${outcomes[0]?.reply ?? "stopped"})`;
}
