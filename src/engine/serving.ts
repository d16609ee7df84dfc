/**
 * The recipients of an outbound entry, and what becomes of them: each outcome that is final is on
 * disk before the next transaction is asked for, so a crash repeats no more than those in flight.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import { type Claim, Fenced, mustHold, workOf } from "../spool/claim.ts";
import type { Progress } from "../spool/progress.ts";
import { type Portion, recipientsOf } from "../spool/recipients.ts";
import { formatNotes, isFinal, type Note, parseNotes } from "./notes.ts";
import type { Outcome } from "./question.ts";

/** What the runner says while recipients are served. */
export interface Reins {
  readonly signal: AbortSignal;
  /** Whether the node may still send. */
  holds(): boolean;
}

/** Bytes that the note of a recipient takes at most, mostly. */
const NOTE = 80;

export class Serving {
  /** What became of recipients in this pass, and failures that were never reported. */
  readonly outcomes: Outcome[] = [];
  readonly #claim: Claim;
  readonly #portion: Portion | undefined;
  readonly #progress: Progress;
  readonly #reins: Reins;
  #begun = false;
  #recipients: readonly string[] | undefined;
  /** The place of each address that has no outcome, counted from 1. */
  readonly #open = new Map<string, number>();

  constructor(
    claim: Claim,
    portion: Portion | undefined,
    progress: Progress,
    reins: Reins,
  ) {
    this.#claim = claim;
    this.#portion = portion;
    this.#progress = progress;
    this.#reins = reins;
  }

  /** Whether the pipeline has a deliver stage. */
  get begun(): boolean {
    return this.#begun;
  }

  /** All recipients that the entry came with. */
  get recipients(): readonly string[] {
    this.#recipients ??= recipientsOf(this.#claim.path, this.#portion);
    return this.#recipients;
  }

  /**
   * Takes up what was noted before: failures of a pass that died are still to be reported.
   * @param lines of the progress file
   */
  begin(lines: readonly string[]): void {
    if (this.#begun) return;
    this.#begun = true;
    const { recipients } = this;
    for (const [at, address] of recipients.entries())
      if (!this.#open.has(address)) this.#open.set(address, at + 1);
    for (const line of lines)
      for (const note of parseNotes(line, recipients.length)) {
        const { place, kind, reply } = note;
        const address = recipients[place - 1] ?? "";
        // An address that stands there twice is served once.
        if (isFinal(note)) this.#open.delete(address);
        if (kind === "never") this.outcomes.push({ address, kind, reply });
      }
  }

  /** Recipients without an outcome so far. */
  left(): string[] {
    return [...this.#open.keys()];
  }

  /** Whether there are any. */
  get hasLeft(): boolean {
    return this.#open.size > 0;
  }

  /** The same as a file, for a forked hook. */
  leftFile(): string {
    const path = join(workOf(this.#claim), `left.${this.outcomes.length}`);
    const lines = this.left().map((address) => `${address}\n`);
    writeFileSync(path, lines.join(""));
    return path;
  }

  /** Notes what a hook says, transaction by transaction, until the runner has to stop. */
  async follow(
    transactions: AsyncIterable<readonly Outcome[]> | undefined,
  ): Promise<void> {
    try {
      // What was sent and cannot be noted would be sent again: the room for it is taken before.
      await this.#progress.reserve(this.#open.size * NOTE);
      for await (const transaction of transactions ?? [])
        await this.#note(transaction);
    } catch (error) {
      if (!this.#reins.signal.aborted || error instanceof Fenced) throw error;
    } finally {
      this.#progress.close();
    }
  }

  /** Gives up on all that are left. */
  async fail(reply: string): Promise<void> {
    try {
      await this.#note(
        this.left().map((address) => ({ address, kind: "never", reply })),
      );
    } finally {
      this.#progress.close();
    }
  }

  /** Notes why recipients wait, for people who ask. */
  async noteLater(waiting: readonly Outcome[]): Promise<void> {
    const places = new Map(
      this.recipients.map((address, at) => [address, at + 1]),
    );
    const notes = waiting.map(({ address, kind, reply }) => ({
      place: places.get(address) ?? 0,
      kind,
      reply,
    }));
    try {
      await this.#progress.append(formatNotes(notes));
    } finally {
      this.#progress.close();
    }
  }

  async #note(transaction: readonly Outcome[]): Promise<void> {
    const notes: Note[] = [];
    for (const outcome of transaction) {
      const { address, kind, reply } = outcome;
      const place = this.#open.get(address);
      // What is said of a recipient first counts.
      if (place === undefined || !this.#open.delete(address)) continue;
      this.outcomes.push(outcome);
      if (isFinal(outcome)) notes.push({ place, kind, reply });
    }
    mustHold(this.#reins, this.#claim);
    await this.#append(notes);
    failpoint("transaction-noted");
    mustHold(this.#reins, this.#claim);
  }

  /** On a full disk without the replies, for which there is room. */
  async #append(notes: readonly Note[]): Promise<void> {
    try {
      await this.#progress.append(formatNotes(notes));
    } catch (error) {
      if (errnoOf(error) !== "ENOSPC") throw error;
      const bare = notes.map((note) => ({ ...note, reply: "" }));
      await this.#progress.append(formatNotes(bare));
    }
  }
}
