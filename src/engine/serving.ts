/**
 * The recipients of an outbound entry, and what becomes of them: each outcome that is final is on
 * disk before the next transaction is asked for, so a crash repeats no more than the one in flight.
 */
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import { type Claim, Fenced, workOf } from "../spool/claim.ts";
import type { Progress } from "../spool/progress.ts";
import { formatOutcome, type Outcome, parseOutcome } from "./question.ts";

/** What the runner says while recipients are served. */
export interface Reins {
  readonly signal: AbortSignal;
  /** Whether the node may still send. */
  holds(): boolean;
}

/** Bytes that the note of a recipient takes, mostly. */
const NOTE = 160;

export class Serving {
  /** What became of recipients in this pass, and failures that were never reported. */
  readonly outcomes: Outcome[] = [];
  readonly #claim: Claim;
  readonly #progress: Progress;
  readonly #reins: Reins;
  #begun = false;
  #unsettled: string[] | undefined;

  constructor(claim: Claim, progress: Progress, reins: Reins) {
    this.#claim = claim;
    this.#progress = progress;
    this.#reins = reins;
  }

  /** Whether the pipeline has a deliver stage. */
  get begun(): boolean {
    return this.#begun;
  }

  /** All recipients that the entry came with. */
  get recipients(): string[] {
    const path = join(this.#claim.path, "recipients");
    if (!statSync(path, { throwIfNoEntry: false })) return [];
    return readFileSync(path, "utf8").split("\n").filter(Boolean);
  }

  /** Takes up what was noted before: failures of a pass that died are still to be reported. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    for (const outcome of this.#noted())
      if (outcome.kind === "never") this.outcomes.push(outcome);
  }

  /** Recipients without an outcome so far. */
  left(): string[] {
    if (!this.#unsettled) {
      const noted = new Set(this.#noted().map(({ address }) => address));
      this.#unsettled = this.recipients.filter((it) => !noted.has(it));
    }
    const settled = new Set(this.outcomes.map(({ address }) => address));
    return settled.size === 0
      ? this.#unsettled
      : this.#unsettled.filter((address) => !settled.has(address));
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
    const room = join(workOf(this.#claim), "room");
    // What was sent and cannot be noted would be sent again: the room for it is taken before.
    writeFileSync(room, Buffer.alloc(this.left().length * NOTE, " "));
    try {
      for await (const transaction of transactions ?? [])
        await this.#note(transaction, room);
    } catch (error) {
      if (!this.#reins.signal.aborted || error instanceof Fenced) throw error;
    }
  }

  /** Gives up on all that are left. */
  async fail(reply: string): Promise<void> {
    await this.#note(
      this.left().map((address) => ({ address, kind: "never", reply })),
    );
  }

  async #note(transaction: readonly Outcome[], room?: string): Promise<void> {
    const left = new Set(this.left());
    // What is said of a recipient first counts.
    const fresh = transaction.filter(({ address }) => left.delete(address));
    this.outcomes.push(...fresh);
    const final = fresh.filter(({ kind }) => kind !== "later");
    const lines = final.map(formatOutcome);
    try {
      await this.#progress.append(lines);
    } catch (error) {
      if (errnoOf(error) !== "ENOSPC" || !room) throw error;
      rmSync(room, { force: true });
      await this.#progress.append(lines);
    }
    failpoint("transaction-noted");
    if (!this.#reins.holds()) throw new Fenced(this.#claim.path);
  }

  #noted(): Outcome[] {
    return this.#progress.lines().flatMap((line) => parseOutcome(line) ?? []);
  }
}
