/**
 * A program of the model up to its next system call. The code under test is not stopped in the
 * middle: it is run again from its start, what it has asked already is answered from the record, and
 * the first call beyond that is its next one. From there on in that run every call throws, so that no
 * `catch` can do anything, and the run is abandoned. What is found is remembered: as a program has
 * nothing but the answers that it got, its next call depends on nothing else.
 */
import type { Answer, Operation, Value } from "./files.ts";

/** What a program ends with. */
export interface Outcome {
  /** It begins anew, with nothing remembered. */
  readonly again: boolean;
  /** What a person would read in the log. */
  readonly words: readonly string[];
}

export type Program = (who: string) => Promise<Outcome>;

/** A program somewhere on its way. */
export interface Moment {
  readonly id: string;
  /** How often the program began anew before. */
  readonly round: number;
  readonly answers: readonly Answer[];
  /** What it asks next; undefined where it has ended. */
  readonly asks: Operation | undefined;
  readonly outcome: Outcome | undefined;
  /** Where it is after each answer, as far as it is known. */
  readonly next: Map<string, Moment>;
}

/** Thrown into code that is abandoned: no error of a file system. */
const abandoned = new Error("abandoned");

interface Run {
  readonly seed: string;
  readonly answers: readonly Answer[];
  done: number;
  asks: Operation | undefined;
  randoms: number;
}

let run: Run | undefined;

/** Called by the code under test: the answer to a system call. Throws it where it is an error. */
export function ask(...operation: Operation): Value {
  if (!run) throw new Error(`${operation.join(" ")}: outside of any run`);
  const answer = run.answers[run.done];
  if (run.asks || !answer) {
    run.asks ??= operation;
    throw abandoned;
  }
  run.done += 1;
  if ("ok" in answer) return answer.ok;
  const { error, path } = answer;
  const text = `${error}: ${operation[0]} '${path}'`;
  throw Object.assign(new Error(text), { code: error, path });
}

/** Something unique, which is the same each time this is run again. */
export function random(): string {
  if (!run) return "";
  run.randoms += 1;
  return `${run.seed}${run.randoms}`;
}

/** Runs one program, again and again. */
export class Replayer {
  /** How often the code under test was run. */
  runs = 0;
  readonly #who: string;
  readonly #program: Program;
  readonly #tidy: () => void;
  readonly #beginnings: Moment[] = [];

  /** @param tidy brings the code's own memory back to what it is in a new process */
  constructor(who: string, program: Program, tidy: () => void) {
    this.#who = who;
    this.#program = program;
    this.#tidy = tidy;
  }

  /** @param round how often it began anew */
  async begin(round: number): Promise<Moment> {
    const known = this.#beginnings[round];
    if (known) return known;
    const found = await this.#find(round, []);
    this.#beginnings[round] = found;
    return found;
  }

  /** Where the program is after an answer; at once where that is known. */
  after(moment: Moment, answer: Answer): Moment | Promise<Moment> {
    const key = JSON.stringify(answer);
    return moment.next.get(key) ?? this.#findNext(moment, answer, key);
  }

  async #findNext(
    moment: Moment,
    answer: Answer,
    key: string,
  ): Promise<Moment> {
    const found = await this.#find(moment.round, [...moment.answers, answer]);
    moment.next.set(key, found);
    return found;
  }

  async #find(round: number, answers: readonly Answer[]): Promise<Moment> {
    this.runs += 1;
    const seed = `${this.#who[0]}${round}`;
    const mine: Run = { seed, answers, done: 0, asks: undefined, randoms: 0 };
    run = mine;
    // Of the thousands of errors that are answers nobody reads the stack, which costs most.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const outcome = await this.#program(this.#who).catch(
      (error): Outcome => ({ again: false, words: [`broke: ${error}`] }),
    );
    run = undefined;
    Error.stackTraceLimit = stackTraceLimit;
    this.#tidy();
    if (mine.done < answers.length)
      throw new Error(`${this.#who}: not the same when it is run again`);
    const { asks } = mine;
    return {
      id: `${seed}.${this.runs}`,
      round,
      answers,
      asks,
      outcome: asks ? undefined : outcome,
      next: new Map(),
    };
  }
}
