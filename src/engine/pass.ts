/**
 * One entry's way through its pipeline: stage by stage, hook by hook, until a verdict ends it or
 * all have passed. Writes into the entry's `work/` folder and its progress file only; what is to
 * follow is told to the runner, which commits it.
 */
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { stopwatch } from "../base/clock.ts";
import { failpoint } from "../base/failpoint.ts";
import { isRange, type Piece } from "../base/pieces.ts";
import { type Claim, workOf } from "../spool/claim.ts";
import { syncPath, writeNew } from "../spool/durable.ts";
import type { Envelope } from "../spool/envelope.ts";
import { Progress } from "../spool/progress.ts";
import { type Answered, answering, wordsOf as namesOf } from "./answering.ts";
import { Asker, type Equipment } from "./asker.ts";
import { Distribution } from "./distribution.ts";
import { type End, endOf } from "./end.ts";
import type { Hook, Pipeline, Stage } from "./layers.ts";
import type { Answer, Content, Emission } from "./question.ts";
import { Serving } from "./serving.ts";
import type { Place } from "./trade.ts";
import { type Verdict, wordsOf } from "./verdict.ts";

/** `done` lines of the progress file: consumers that need not be asked again. */
const DONE = "done";

export class Pass<C extends Content> {
  readonly claim: Claim;
  readonly envelope: Envelope;
  message: C;
  /** The queue that a route hook named. */
  route: string | undefined;
  /** Whether a stage was there to name one. */
  asksRoute = false;
  /** The distribution list that recipients hooks make. */
  readonly distribution: Distribution;
  /** The recipients that deliver hooks serve. */
  readonly serving: Serving;
  /** What hooks emitted that are asked again when the entry is. */
  readonly emissions: Emission[] = [];
  /** What consumers emitted that are through: it goes out, whatever becomes of the entry. */
  readonly settled: Emission[] = [];
  /** What came of the requests in it. */
  readonly answers: Answered[] = [];
  /** Consumers that refused the message for good. */
  readonly refusals: { where: string; reason: string }[] = [];

  readonly #equipment: Equipment<C>;
  readonly #asker: Asker<C>;
  readonly #progress: Progress;
  readonly #done: string[];
  readonly #work: string;
  #file: string | undefined;
  #written = 0;

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
    this.#equipment = equipment;
    this.#asker = new Asker(claim, envelope, place, equipment);
    this.#file = this.original;
    this.#work = join(claim.path, "work");
    this.#progress = new Progress(claim);
    this.#done = this.#progress.lines();
    this.distribution = new Distribution(claim);
    this.serving = new Serving(
      claim,
      envelope.portion,
      this.#progress,
      equipment,
    );
  }

  /** Consumers that are through with it, as lines for a progress file. */
  get done(): readonly string[] {
    return this.#done.filter((line) => line.startsWith(`${DONE}\t`));
  }

  /** The same, less some consumers. */
  doneBy(less: readonly string[]): string[] {
    return this.done.filter(
      (line) => !less.includes(line.slice(DONE.length + 1)),
    );
  }

  /** The message as it came, unedited: what a retry begins with. */
  get original(): string {
    return join(this.claim.path, "message");
  }

  /** Whether a hook has changed the message. */
  get isEdited(): boolean {
    return this.#file !== this.original;
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
    if (stage.verb === "answer") return this.#answer(stage);
    if (stage.verb === "deliver") this.serving.begin(this.#done);
    if (stage.verb === "route") this.asksRoute = true;
    for (const hook of stage.hooks) {
      if (stage.verb === "route" && this.route !== undefined) break;
      if (stage.verb === "deliver" && !this.serving.hasLeft) break;
      if (stage.verb === "refine" && !this.distribution.file) break;
      const emitted: Emission[] = [];
      const seconds = stopwatch();
      const answer = await this.#ask(hook, stage, emitted);
      if (this.#asker.isObserved(hook)) {
        this.#asker.tell(hook, stage, answer, answer.verdict, seconds());
        continue;
      }
      const verdict = await this.#accept(answer, hook, stage);
      this.#asker.tell(hook, stage, answer, verdict, seconds());
      if (verdict.kind === "hold" && this.#isLifted(stage)) continue;
      // Who stops a message may tell people of it.
      const stops = verdict.kind === "hold" || verdict.kind === "reject";
      (stops ? this.settled : this.emissions).push(...emitted);
      if (verdict.kind === "skip") break;
      if (verdict.kind === "pass") continue;
      return endOf(verdict, hook.path, `${queue}/${stage.name}`);
    }
    // A list that nobody is on is refined like any other: it may be a mistake.
    if (stage.verb === "recipients") this.distribution.begin();
    return { kind: "done" };
  }

  /** Each request is put to the hook of its name. */
  async #answer(stage: Stage): Promise<End> {
    const { trade } = this.#equipment;
    const names = namesOf(stage);
    const asked = await trade.requests(this.message, this.envelope, names);
    // Who tries a hook wants to see it answer, whatever the sample asks for.
    const isSample =
      this.#equipment.sample && !asked.some(({ name }) => names.has(name));
    const requests = isSample
      ? [...names].map((name) => ({ name, rest: "" }))
      : asked;
    const { end, answers, emitted } = await answering(
      this.#asker,
      this,
      stage,
      requests,
      `${this.claim.queue}/${stage.name}`,
      this.#isLifted(stage),
    );
    (end.kind === "hold" ? this.settled : this.emissions).push(...emitted);
    this.answers.push(...answers);
    return end;
  }

  /** Each consumer is asked on its own: one that fails keeps no other from its message. */
  async #consumers(stage: Stage): Promise<End> {
    let waits: End = { kind: "done" };
    for (const hook of stage.hooks) {
      const line = `${DONE}\t${hook.path}`;
      if (this.#done.includes(line)) continue;
      const emitted: Emission[] = [];
      const seconds = stopwatch();
      const answer = await this.#ask(hook, stage, emitted);
      const { verdict } = answer;
      this.#asker.tell(hook, stage, answer, verdict, seconds());
      if (this.#asker.isObserved(hook)) continue;
      if (
        verdict.kind === "later" ||
        (verdict.kind === "hold" && !this.#isLifted(stage))
      ) {
        if (waits.kind !== "later")
          waits = endOf(
            verdict,
            hook.path,
            `${this.claim.queue}/${stage.name}`,
          );
        this.#asker.say(`${hook.path}: ${wordsOf(verdict)}`);
        if (verdict.kind === "hold") this.settled.push(...emitted);
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
    try {
      await this.#progress.append(
        this.done.filter((line) => !written.has(line)),
      );
    } finally {
      this.#progress.close();
    }
  }

  #ask(hook: Hook, stage: Stage, emitted: Emission[]): Promise<Answer> {
    return this.#asker.ask(hook, stage, this, emitted);
  }

  /** Takes what a hook answered into the entry's state. */
  async #accept(answer: Answer, hook: Hook, stage: Stage): Promise<Verdict> {
    const { verdict } = answer;
    if (stage.verb === "deliver") {
      await this.serving.follow(answer.outcomes);
      // A hook that will not serve those who are left fails them: they are reported.
      if (verdict.kind === "reject" || verdict.kind === "discard") {
        await this.serving.fail(verdict.reason);
        return { kind: "pass" };
      }
      return verdict;
    }
    if (verdict.kind !== "pass" && verdict.kind !== "skip") return verdict;
    switch (stage.verb) {
      case "route":
        if (answer.line) this.route = answer.line;
        return verdict;
      case "edit":
        return answer.content ? this.#edit(answer.content, verdict) : verdict;
      case "recipients":
      case "refine":
        return answer.lines
          ? this.#collect(answer, hook, stage, verdict)
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

  async #collect(
    answer: Answer,
    hook: Hook,
    stage: Stage,
    verdict: Verdict,
  ): Promise<Verdict> {
    const how = stage.verb === "refine" ? "replace" : "append";
    const { timeout } = this.#equipment.limits;
    const reason = await this.distribution.take(
      answer,
      how,
      hook.path,
      timeout,
    );
    return reason === undefined ? verdict : { kind: "later", reason };
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

  /** Whether a person has let it pass this stage. */
  #isLifted(stage: Stage): boolean {
    const name = `${this.claim.queue}/${stage.name}`;
    return this.envelope.passed?.includes(name) ?? false;
  }
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
