/**
 * One entry's way through its pipeline: stage by stage, hook by hook, until a verdict ends it or
 * all have passed. Writes into the entry's `work/` folder and its progress file only; what is to
 * follow is told to the runner, which commits it.
 */
import {
  closeSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import { linesOfFile } from "../base/lines.ts";
import type { Log } from "../base/log.ts";
import { isRange, type Piece } from "../base/pieces.ts";
import { type Claim, Fenced, workOf } from "../spool/claim.ts";
import { syncPath, writeAll, writeNew } from "../spool/durable.ts";
import type { Envelope } from "../spool/envelope.ts";
import { Progress } from "../spool/progress.ts";
import { askForked, type Limits } from "./forked.ts";
import { askInline } from "./inline.ts";
import type { Launchers } from "./launcher.ts";
import type { Hook, Pipeline, Stage } from "./layers.ts";
import {
  type Answer,
  type Content,
  type Emission,
  formatOutcome,
  type Outcome,
  parseOutcome,
  type Question,
} from "./question.ts";
import type { Place, Trade } from "./trade.ts";
import { type Verdict, wordsOf } from "./verdict.ts";

/** What ended the way of an entry. */
export type End =
  | { readonly kind: "done" }
  | {
      readonly kind: "later" | "reject" | "hold" | "discard";
      /** The hook's path. */
      readonly where: string;
      readonly stage: string;
      readonly reason: string;
    };

export interface Equipment<C extends Content> {
  readonly trade: Trade<C>;
  readonly launchers: Launchers;
  readonly limits: Limits;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether the node may still send. */
  holds(): boolean;
}

/** `done` lines of the progress file: consumers that need not be asked again. */
const DONE = "done";

export class Pass<C extends Content> {
  readonly claim: Claim;
  readonly envelope: Envelope;
  message: C;
  /** The queue that a route hook named. */
  route: string | undefined;
  /** The distribution list's file, if a recipients hook was asked. */
  list: string | undefined;
  /** What hooks emitted that are asked again when the entry is. */
  readonly emissions: Emission[] = [];
  /** What consumers emitted that are through: it goes out, whatever becomes of the entry. */
  readonly settled: Emission[] = [];
  /** What became of recipients in this pass. */
  readonly outcomes: Outcome[] = [];
  /** Consumers that refused the message for good. */
  readonly refusals: { where: string; reason: string }[] = [];

  readonly #place: Place;
  readonly #equipment: Equipment<C>;
  readonly #progress: Progress;
  readonly #done: string[];
  readonly #work: string;
  #file: string | undefined;
  #lists = 0;
  #written = 0;
  #recipients: string[] | undefined;

  constructor(
    claim: Claim,
    envelope: Envelope,
    message: C,
    place: Place,
    equipment: Equipment<C>,
  ) {
    this.claim = claim;
    this.envelope = envelope;
    this.message = message;
    this.#place = place;
    this.#equipment = equipment;
    this.#file = this.original;
    this.#work = join(claim.path, "work");
    this.#progress = new Progress(claim);
    this.#done = this.#progress.lines();
  }

  /** Whether the pipeline has a deliver stage. */
  isDelivery = false;

  /** Recipients that this pass was not asked about: it had to stop. */
  get untried(): readonly string[] {
    return this.#left();
  }

  /** Consumers that are through with it, as lines for a progress file. */
  get done(): readonly string[] {
    return this.#done.filter((line) => line.startsWith(`${DONE}\t`));
  }

  /** The message as it came, unedited: what a retry begins with. */
  get original(): string {
    return join(this.claim.path, "message");
  }

  /** Recipients that the entry came with, settled ones included. */
  get recipients(): readonly string[] {
    return recipientsOf(this.claim);
  }

  /** All that the progress file holds or is to hold. */
  notes(): string[] {
    return [...new Set([...this.#progress.lines(), ...this.done])];
  }

  /** Whether consumers are through that left something to go out. */
  get hasSettled(): boolean {
    return this.settled.length > 0 || this.refusals.length > 0;
  }

  async run(pipeline: Pipeline): Promise<End> {
    for (const stage of pipeline.stages) {
      const end = await this.#stage(pipeline.queue, stage);
      if (end.kind !== "done") return end;
    }
    failpoint("hooks-done");
    return { kind: "done" };
  }

  async #stage(queue: string, stage: Stage): Promise<End> {
    if (stage.verb === "consume") return this.#consumers(stage);
    if (stage.verb === "deliver") this.#takeUpDelivery();
    for (const hook of stage.hooks) {
      if (stage.verb === "route" && this.route !== undefined) break;
      if (stage.verb === "deliver" && this.#left().length === 0) break;
      if (stage.verb === "refine" && !this.list) break;
      const answer = await this.#ask(hook, stage);
      if (this.#isObserved(hook)) continue;
      const verdict = await this.#accept(answer, stage);
      if (verdict.kind === "skip") break;
      if (verdict.kind === "pass") continue;
      if (verdict.kind === "hold" && this.#isLifted(stage)) continue;
      return {
        kind: verdict.kind,
        reason: verdict.reason,
        where: hook.path,
        stage: `${queue}/${stage.name}`,
      };
    }
    return { kind: "done" };
  }

  /** Each consumer is asked on its own: one that fails keeps no other from its message. */
  async #consumers(stage: Stage): Promise<End> {
    let waits: End = { kind: "done" };
    for (const hook of stage.hooks) {
      const line = `${DONE}\t${hook.path}`;
      if (this.#done.includes(line)) continue;
      const before = this.emissions.length;
      const { verdict } = await this.#ask(hook, stage);
      if (this.#isObserved(hook)) continue;
      const emitted = this.emissions.splice(before);
      if (
        verdict.kind === "later" ||
        (verdict.kind === "hold" && !this.#isLifted(stage))
      ) {
        if (waits.kind !== "later")
          waits = {
            kind: verdict.kind,
            reason: verdict.reason,
            where: hook.path,
            stage: `${this.claim.queue}/${stage.name}`,
          };
        this.#say(`${hook.path}: ${wordsOf(verdict)}`);
        continue;
      }
      if (verdict.kind === "reject")
        this.refusals.push({ where: hook.path, reason: verdict.reason });
      this.settled.push(...emitted);
      this.#done.push(line);
      if (verdict.kind === "skip") break;
    }
    return waits;
  }

  /** Notes on disk which consumers are through. */
  async noteDone(): Promise<void> {
    const written = new Set(this.#progress.lines());
    await this.#progress.append(this.done.filter((line) => !written.has(line)));
  }

  async #ask(hook: Hook, stage: Stage): Promise<Answer> {
    failpoint("hook-asked");
    const recipients =
      stage.verb === "deliver" ? await this.#leftFile(hook) : this.list;
    const question = this.#question(hook, stage);
    const answer =
      hook.how === "inline"
        ? await askInline(
            hook,
            this.#equipment.trade.equip(question),
            this.#timeout(stage),
          )
        : await askForked(hook, question, {
            launchers: this.#equipment.launchers,
            limits: this.#equipment.limits,
            work: workOf(this.claim),
            environment: this.#place.environment,
            ...(recipients ? { recipients } : {}),
          });
    if (this.#isObserved(hook))
      this.#say(`${hook.path}: observed, would be ${wordsOf(answer.verdict)}`);
    return answer;
  }

  #question(hook: Hook, stage: Stage): Question<C> {
    return {
      id: this.claim.name.id,
      queue: this.claim.queue,
      stage: stage.name,
      verb: stage.verb,
      attempt: this.claim.name.attempt,
      now: this.#equipment.clock.now(),
      envelope: this.envelope,
      message: this.message,
      file: () => this.file(),
      recipients: () =>
        stage.verb === "deliver" ? each(this.#left()) : this.#listed(),
      emit: (emission) => {
        if (!this.#isObserved(hook)) this.emissions.push(emission);
      },
      log: (text) => this.#say(`${hook.path}: ${text}`),
      signal: this.#equipment.signal,
      holds: () => this.#equipment.holds(),
    };
  }

  /** Takes what a hook answered into the entry's state. */
  async #accept(answer: Answer, stage: Stage): Promise<Verdict> {
    const { verdict } = answer;
    if (stage.verb === "deliver") {
      await this.#deliver(answer.outcomes);
      // What became of each recipient says more than the exit code does.
      return verdict.kind === "later" && this.outcomes.length > 0
        ? { kind: "pass" }
        : verdict;
    }
    if (verdict.kind !== "pass" && verdict.kind !== "skip") return verdict;
    switch (stage.verb) {
      case "route":
        if (answer.line) this.route = answer.line;
        return verdict;
      case "edit":
        return answer.content ? this.#edit(answer.content, verdict) : verdict;
      case "recipients":
        return answer.lines
          ? this.#collect(answer.lines, verdict, true)
          : verdict;
      case "refine":
        return answer.lines
          ? this.#collect(answer.lines, verdict, false)
          : verdict;
      default:
        return verdict;
    }
  }

  async #edit(
    content: NonNullable<Answer["content"]>,
    verdict: Verdict,
  ): Promise<Verdict> {
    const opened =
      "printed" in content
        ? await this.#equipment.trade.open(content.printed)
        : (content as C);
    if ("noMessage" in opened)
      return {
        kind: "later",
        reason: `what it printed is no message: ${opened.noMessage}`,
      };
    this.message = opened;
    this.#file = undefined;
    return verdict;
  }

  /** Writes lines to the distribution list: after what is there, or in its place. */
  async #collect(
    lines: AsyncIterable<string>,
    verdict: Verdict,
    append: boolean,
  ): Promise<Verdict> {
    const work = workOf(this.claim);
    if (!append || !this.list) this.#lists += 1;
    const file = join(work, `recipients.${this.#lists}`);
    const fd = openSync(file, "a", 0o640);
    try {
      let buffer = "";
      for await (const line of lines) {
        if (!line) continue;
        buffer += `${line}\n`;
        if (buffer.length < 60_000) continue;
        writeAll(fd, Buffer.from(buffer));
        buffer = "";
      }
      writeAll(fd, Buffer.from(buffer));
    } catch (error) {
      return { kind: "later", reason: messageOf(error) };
    } finally {
      closeSync(fd);
    }
    this.list = file;
    return verdict;
  }

  /** Notes what becomes of recipients, transaction by transaction, until the runner has to stop. */
  async #deliver(outcomes: Answer["outcomes"]): Promise<void> {
    try {
      for await (const batch of outcomes ?? []) await this.#note(batch);
    } catch (error) {
      if (!this.#equipment.signal.aborted || error instanceof Fenced)
        throw error;
    }
  }

  async #note(batch: readonly Outcome[]): Promise<void> {
    const left = new Set(this.#left());
    // What is said of a recipient first counts.
    const fresh = batch.filter(({ address }) => left.delete(address));
    this.outcomes.push(...fresh);
    await this.#progress.append(
      fresh.filter(({ kind }) => kind !== "later").map(formatOutcome),
    );
    failpoint("transaction-noted");
    if (!this.#equipment.holds()) throw new Fenced(this.claim.path);
  }

  /** Failures that were noted before a crash are still to be reported. */
  #takeUpDelivery(): void {
    this.isDelivery = true;
    for (const line of this.#done) {
      const outcome = parseOutcome(line);
      if (outcome?.kind === "never") this.outcomes.push(outcome);
    }
  }

  /** Recipients of an outbound entry without an outcome so far. */
  #left(): string[] {
    this.#recipients ??= this.#readRecipients();
    const settled = new Set(this.outcomes.map(({ address }) => address));
    return settled.size === 0
      ? this.#recipients
      : this.#recipients.filter((address) => !settled.has(address));
  }

  #readRecipients(): string[] {
    const settled = new Set(
      this.#done.map((line) => parseOutcome(line)?.address),
    );
    return recipientsOf(this.claim).filter((address) => !settled.has(address));
  }

  /** The recipients that a forked hook is asked to serve, as a file. */
  async #leftFile(hook: Hook): Promise<string | undefined> {
    if (hook.how === "inline") return undefined;
    const path = join(workOf(this.claim), `left.${this.outcomes.length}`);
    writeFileSync(
      path,
      this.#left()
        .map((address) => `${address}\n`)
        .join(""),
    );
    return path;
  }

  #listed(): AsyncIterable<string> {
    return this.list ? linesOfFile(this.list) : each([]);
  }

  /** The message as a complete, synced file of the entry, which children may link. */
  async file(): Promise<string> {
    if (this.#file) return this.#file;
    const pieces = this.message.pieces();
    const whole = wholeFile(pieces, this.#work);
    if (whole) await syncPath(whole);
    const file =
      whole ?? join(workOf(this.claim), `message.${this.#written++}`);
    if (!whole) await writeNew(file, pieces);
    this.#file = file;
    return file;
  }

  #timeout(stage: Stage): number {
    // Delivery is paced by the mail it sends; what it yields is not limited here.
    return stage.verb === "deliver"
      ? 2 ** 31 - 1
      : this.#equipment.limits.timeout;
  }

  /** Whether a person has let it pass this stage. */
  #isLifted(stage: Stage): boolean {
    const name = `${this.claim.queue}/${stage.name}`;
    return this.envelope.passed?.includes(name) ?? false;
  }

  #isObserved(hook: Hook): boolean {
    const bare = hook.path.replace(/\.hook\.(ts|mjs)$/, "");
    return this.#place.observe.some(
      (path) => path === hook.path || path === bare,
    );
  }

  #say(text: string): void {
    this.#equipment.log(`${this.claim.queue}/${this.claim.name.id}`, text);
  }
}

function recipientsOf(claim: Claim): string[] {
  const path = join(claim.path, "recipients");
  if (!statSync(path, { throwIfNoEntry: false })) return [];
  return readFileSync(path, "utf8").split("\n").filter(Boolean);
}

/** The file that a content is, all of it, if it lies in `folder`. */
function wholeFile(
  pieces: readonly Piece[],
  folder: string,
): string | undefined {
  const [piece] = pieces;
  if (pieces.length !== 1 || !piece || !isRange(piece)) return undefined;
  if (dirname(piece.path) !== folder || piece.start !== 0) return undefined;
  return statSync(piece.path).size === piece.end ? piece.path : undefined;
}

async function* each(values: readonly string[]): AsyncGenerator<string> {
  yield* values;
}
