/**
 * The entries that take the place of one that was served in part: each is the entry again, for some
 * of its recipients, which are a list of their own then. They are written where all that follows from
 * the entry is. Pure but for the jitter of their waits and their ids.
 */
import type { Child } from "../spool/commit.ts";
import { withEvent } from "../spool/envelope.ts";
import { birth, newId } from "../spool/name.ts";
import { givenLinks, outbound } from "./aftermath.ts";
import { delay, type Retry } from "./backoff.ts";
import { formatNotes, type Note } from "./notes.ts";
import type { Pass } from "./pass.ts";
import type { Content, Outcome } from "./question.ts";

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
    const due = Math.floor((now + wait) / 1000);
    const noted = withEvent(envelope, event);
    return this.#child(group, due, attempt + 1, noted, notesOf(group));
  }

  /** @param due seconds since 1970 */
  untried(group: readonly Outcome[], due: number): Child {
    const { envelope, claim } = this.#pass;
    const { attempt } = claim.name;
    return this.#child(group, due, attempt, envelope, notesOf(group));
  }

  /** For the next runner. @param now milliseconds */
  left(group: readonly Outcome[], now: number): Child {
    const { envelope, claim } = this.#pass;
    const due = Math.floor(now / 1000);
    return this.#child(group, due, claim.name.attempt, envelope, []);
  }

  #child(
    group: readonly Outcome[],
    due: number,
    attempt: number,
    envelope: Pass<C>["envelope"],
    notes: readonly Note[],
  ): Child {
    const { claim, done, original } = this.#pass;
    const { id, lane } = claim.name;
    const { portion, ...rest } = envelope;
    return {
      queue: claim.queue,
      name: {
        due,
        attempt,
        // Its age counts from the first.
        id: this.#isAlone ? id : newId(birth(id)),
        ...(lane ? { lane: { ...lane, size: group.length } } : {}),
      },
      envelope: rest,
      message: original,
      recipients: group.map(({ address }) => address),
      progress: [...done, ...formatNotes(notes)],
      links: givenLinks(claim.path, envelope),
    };
  }
}

/** What is known of the recipients of an entry to be, in their places there. */
function notesOf(group: readonly Outcome[]): Note[] {
  return group.map(({ kind, reply }, at) => ({ place: at + 1, kind, reply }));
}

/** `3 (451 try again)`: how many, and the first reply. */
export function summary(outcomes: readonly Outcome[]): string {
  return `${outcomes.length} (${outcomes[0]?.reply ?? "stopped"})`;
}
