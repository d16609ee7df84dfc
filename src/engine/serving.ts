/**
 * The recipients of an outbound entry, and what becomes of them: each outcome that is final is on
 * disk before the next transaction is asked for, so a crash repeats no more than the one in flight.
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
    try {
      for await (const transaction of transactions ?? [])
        await this.#note(transaction);
    } catch (error) {
      if (!this.#reins.signal.aborted || error instanceof Fenced) throw error;
    }
  }

  async #note(transaction: readonly Outcome[]): Promise<void> {
    const left = new Set(this.left());
    // What is said of a recipient first counts.
    const fresh = transaction.filter(({ address }) => left.delete(address));
    this.outcomes.push(...fresh);
    const final = fresh.filter(({ kind }) => kind !== "later");
    await this.#progress.append(final.map(formatOutcome));
    failpoint("transaction-noted");
    if (!this.#reins.holds()) throw new Fenced(this.#claim.path);
  }

  #noted(): Outcome[] {
    return this.#progress.lines().flatMap((line) => parseOutcome(line) ?? []);
  }
}
