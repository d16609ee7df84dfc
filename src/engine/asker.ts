/**
 * Asks a hook about an entry, however it is run, and tells what came of it. Changes nothing of the
 * entry but its `work/` folder.
 */
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { failpoint } from "../base/failpoint.ts";
import type { Log } from "../base/log.ts";
import { type Claim, workOf } from "../spool/claim.ts";
import type { Envelope } from "../spool/envelope.ts";
import type { Distribution } from "./distribution.ts";
import { askForked } from "./forked.ts";
import { askInline } from "./inline.ts";
import type { Launchers } from "./launcher.ts";
import { type Hook, isObserved, type Pipelines, type Stage } from "./layers.ts";
import { type Limits, later } from "./program.ts";
import {
  type Answer,
  type Content,
  type Emission,
  oneByOne,
  type Question,
  type Request,
} from "./question.ts";
import { askServed } from "./served.ts";
import type { Servers } from "./servers.ts";
import type { Reins, Serving } from "./serving.ts";
import type { Place, Trade } from "./trade.ts";
import { type Verdict, wordsOf } from "./verdict.ts";

/** What came of asking a hook. */
export interface Report {
  readonly hook: Hook;
  readonly stage: Stage;
  /** The list's address; "" for a message of none. */
  readonly list: string;
  /** What it came to; where observed, what it would have come to. */
  readonly verdict: Verdict;
  readonly observed: boolean;
  readonly milliseconds: number;
  readonly answer: Answer;
}

export interface Equipment<C extends Content> extends Reins {
  readonly trade: Trade<C>;
  readonly pipelines: Pipelines;
  readonly launchers: Launchers;
  readonly servers: Servers;
  readonly limits: Limits;
  readonly log: Log;
  readonly clock: Clock;
  /** Told of each hook that was asked. */
  readonly witness?: ((report: Report) => void) | undefined;
  /** Only tried out: hooks are told so. */
  readonly trial?: boolean;
  /** Hooks are asked about a sample, whether it asks for them or not. */
  readonly sample?: boolean;
}

/** The entry as it stands when a hook is asked. */
interface Standing<C extends Content> {
  readonly message: C;
  readonly distribution: Distribution;
  readonly serving: Serving;
  file(): Promise<string>;
}

/** Another list whose recipients are wanted. */
interface Other {
  readonly list: string;
  readonly place: Place;
}

/** A hook to be asked. */
interface Asking<C extends Content> {
  readonly hook: Hook;
  readonly stage: Stage;
  readonly standing: Standing<C>;
  /** Gets what the hook emits. */
  readonly emitted: Emission[];
  readonly request?: Request | undefined;
  /** Lists whose recipients were asked for on the way to this hook. */
  readonly visited: Set<string>;
  readonly other?: Other;
}

export class Asker<C extends Content> {
  readonly #claim: Claim;
  readonly #envelope: Envelope;
  readonly #place: Place;
  readonly #equipment: Equipment<C>;
  #scratches = 0;

  constructor(
    claim: Claim,
    envelope: Envelope,
    place: Place,
    equipment: Equipment<C>,
  ) {
    this.#claim = claim;
    this.#envelope = envelope;
    this.#place = place;
    this.#equipment = equipment;
  }

  /**
   * @param emitted gets what the hook emits; what comes after its answer was used is lost
   * @param request what an answer hook is asked for
   */
  async ask(
    hook: Hook,
    stage: Stage,
    standing: Standing<C>,
    emitted: Emission[],
    request?: Request,
  ): Promise<Answer> {
    const visited = new Set([this.#envelope.list ?? ""]);
    const asking = { hook, stage, standing, emitted, visited, request };
    const answer = await this.#ask(asking);
    if (this.isObserved(hook))
      this.say(`${hook.path}: observed, would be ${wordsOf(answer.verdict)}`);
    return answer;
  }

  isObserved(hook: Hook): boolean {
    return isObserved(hook, this.#place.observe);
  }

  /** Tells the witness what came of it. @param verdict once the answer was taken */
  tell(
    hook: Hook,
    stage: Stage,
    answer: Answer,
    verdict: Verdict,
    seconds: number,
  ): void {
    this.#equipment.witness?.({
      hook,
      stage,
      list: this.#envelope.list ?? "",
      verdict,
      observed: this.isObserved(hook),
      milliseconds: seconds * 1000,
      answer,
    });
  }

  say(text: string): void {
    this.#equipment.log(`${this.#claim.queue}/${this.#claim.name.id}`, text);
  }

  async #ask(asking: Asking<C>): Promise<Answer> {
    failpoint("hook-asked");
    const { trade, launchers, servers, limits } = this.#equipment;
    const { hook, stage, standing, other } = asking;
    const question = this.#question(asking);
    if (hook.how === "inline")
      // Delivery is paced by the mail it sends; what it yields is not limited here.
      return askInline(
        hook,
        trade.equip(question, other?.list),
        stage.verb === "deliver" ? 2 ** 31 - 1 : limits.timeout,
      );
    const { account, refused } = launchers.manner;
    if (refused !== undefined) return later(refused);
    const place = {
      limits,
      account,
      work: workOf(this.#claim),
      environment: (other?.place ?? this.#place).environment,
      recipients:
        stage.verb === "deliver"
          ? standing.serving.leftFile()
          : standing.distribution.file,
    };
    return hook.how === "served"
      ? askServed(hook, question, { ...place, servers })
      : askForked(hook, question, { ...place, launchers });
  }

  #question(asking: Asking<C>): Question<C> {
    const { hook, stage, standing, emitted, other, request } = asking;
    const { clock, signal, holds, trial } = this.#equipment;
    return {
      id: this.#claim.name.id,
      queue: this.#claim.queue,
      stage: stage.name,
      verb: stage.verb,
      attempt: this.#claim.name.attempt,
      now: clock.now(),
      envelope: this.#envelope,
      message: standing.message,
      ...(request ? { request } : {}),
      file: () => standing.file(),
      recipients: () =>
        stage.verb === "deliver"
          ? each(standing.serving.left())
          : standing.distribution.addresses(),
      recipientsFile: async () => {
        const { file } = standing.distribution;
        if (stage.verb === "deliver") return standing.serving.leftFile();
        if (file === undefined) throw new Error("no hook has given addresses");
        return file;
      },
      asOf: standing.distribution.asOf,
      scratch: () => {
        this.#scratches += 1;
        return join(workOf(this.#claim), `scratch.${this.#scratches}`);
      },
      recipientsOf: (list) => this.#recipientsOf(list, asking),
      trial: trial ?? false,
      emit: (emission) => emitted.push(emission),
      log: (text) =>
        this.say(`${hook.path}: ${other ? `${other.list}: ` : ""}${text}`),
      signal,
      holds: () => holds(),
    };
  }

  /** Throws where not all of them could be had: a part of a list is no list. */
  async *#recipientsOf(
    list: string,
    asking: Asking<C>,
  ): AsyncGenerator<string> {
    const { visited } = asking;
    if (visited.has(list)) return;
    visited.add(list);
    try {
      yield* this.#askedFor(list, asking);
    } catch (error) {
      // Who asks again is not told that there is nobody.
      visited.delete(list);
      throw error;
    }
  }

  async *#askedFor(list: string, asking: Asking<C>): AsyncGenerator<string> {
    const { trade, pipelines, clock } = this.#equipment;
    const place = trade.place(this.#envelope, list);
    const pipeline = pipelines.get(
      this.#claim.queue,
      place.layers,
      clock.now(),
    );
    const [problem] = pipeline.problems;
    if (problem) throw new Error(`${list}: ${problem}`);
    for (const stage of pipeline.stages) {
      if (stage.verb !== "recipients") continue;
      for (const hook of stage.hooks) {
        if (isObserved(hook, place.observe)) continue;
        const { verdict, lines } = await this.#ask({
          ...asking,
          hook,
          stage,
          emitted: [],
          other: { list, place },
        });
        if (verdict.kind !== "pass" && verdict.kind !== "skip")
          throw new Error(`${list}: ${hook.path}: ${wordsOf(verdict)}`);
        if (lines) yield* oneByOne(lines);
        if (verdict.kind === "skip") break;
      }
    }
  }
}

async function* each(values: readonly string[]): AsyncGenerator<string> {
  yield* values;
}
