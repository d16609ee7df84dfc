/**
 * One process of a served hook, replaced whenever it ends, and the messages that it was asked about.
 *
 * Which message it was that ended a process, nobody knows. So all that were unanswered are asked
 * again, one at a time: the one that ends the next process too waits, the others are answered.
 * A program that ends again and again without any answer is left alone for a while.
 */
import { oneLine } from "../base/log.ts";
import { Coprocess } from "./coprocess.ts";
import { tooLate, tooMuch } from "./program.ts";
import { formatRequest, parseReply, type Request } from "./protocol.ts";
import { seldom } from "./sizes.ts";
import type { Running } from "./start.ts";
import { type Asked, isTooLarge, letWait, type Ticket } from "./ticket.ts";

/** Milliseconds between two looks at how long answers take and how large they get. */
const LOOK = 250;
/** Milliseconds that a program is left alone which ends without an answer: at first, at most. */
const REST = 1000;
const LONGEST_REST = 60_000;
/** Processes that end so before it is: one message may be to blame for two of them. */
const FEW = 2;

/** What there is to know of a served hook to run it. */
export interface Program {
  readonly file: string;
  readonly start: (file: string) => Running;
  readonly tell: Tell;
  /** Milliseconds without a question after which a process is ended. */
  readonly idle: number;
}

/** What is told of a process. */
export interface Tell {
  /** What happened to it. */
  happened(text: string): void;
  /** A line of its stderr. */
  said(line: string): void;
}

export class Server {
  readonly #program: Program;
  readonly #seconds: () => number;
  #process: Coprocess | undefined;
  #hasAnswered = false;
  #isDying = false;
  /** Asked and not answered, the oldest first. */
  readonly #flight = new Map<string, Asked>();
  /** To be asked again, one at a time. */
  readonly #suspects: Ticket[] = [];
  /** Whether it is being found out which of them ends it. */
  #isAlone = false;
  readonly #waiting: Ticket[] = [];
  #count = 0;
  /** When the oldest unanswered message became that. */
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Processes in a row that ended without an answer. */
  #failures = 0;
  #trouble = "";
  #restsUntil = 0;
  /** Those that were told to end. */
  readonly #leaving = new Set<Promise<void>>();
  readonly #gone = Promise.withResolvers<void>();
  #isRetired = false;

  /** One that has written too much for its answer, if it is time to look. */
  readonly #large: () => readonly [string, Asked] | undefined;

  /** @param seconds a clock that never goes back */
  constructor(program: Program, seconds: () => number) {
    this.#program = program;
    this.#seconds = seconds;
    const isLarge = ([, { request, ticket }]: readonly [string, Asked]) =>
      isTooLarge(request, ticket.limits);
    this.#large = seldom(() => [...this.#flight].find(isLarge), seconds);
  }

  /** How many messages it has not answered. */
  get load(): number {
    return this.#flight.size + this.#suspects.length + this.#waiting.length;
  }

  /** Whether it is left alone, and all that it is asked waits. */
  get rests(): boolean {
    return this.#restsUntil > this.#now;
  }

  ask(ticket: Ticket): void {
    if (this.rests) letWait(ticket, this.#trouble);
    else if (this.#isAlone || this.#isDying) this.#waiting.push(ticket);
    else this.#send(ticket);
  }

  /** Lets it answer what it was asked, then ends it: resolves when it is gone. */
  retire(): Promise<void> {
    this.#isRetired = true;
    this.#settle();
    return this.#gone.promise;
  }

  #send(ticket: Ticket): void {
    let request: Request;
    try {
      request = ticket.request();
    } catch (error) {
      ticket.done.reject(error);
      return;
    }
    this.#process ??= this.#started();
    this.#count += 1;
    const id = String(this.#count);
    this.#flight.set(id, { ticket, request });
    if (this.#flight.size === 1) {
      this.#since = this.#now;
      this.#look(Math.min(LOOK, ticket.limits.timeout));
    }
    this.#process.send(formatRequest(id, request));
  }

  #started(): Coprocess {
    this.#hasAnswered = false;
    const { file, start, tell } = this.#program;
    // One that was told to leave is not listened to any more.
    const ifCurrent = (act: (text: string) => void) => (text: string) => {
      if (process === this.#process) act(text);
    };
    const process: Coprocess = new Coprocess(file, start(file), {
      line: ifCurrent((text) => this.#answered(text)),
      said: (line) => tell.said(line),
      ended: ifCurrent((reason) => this.#ended(reason)),
    });
    return process;
  }

  #answered(line: string): void {
    const reply = parseReply(line);
    if ("malformed" in reply) {
      this.#kill(`it answered ${oneLine(reply.malformed, 300)}`);
      return;
    }
    const asked = this.#flight.get(reply.id);
    if (!asked) {
      const id = oneLine(reply.id, 100);
      this.#kill(`it answered "${id}", which is no question, or not any more`);
      return;
    }
    const [oldest] = this.#flight.keys();
    if (oldest === reply.id) this.#since = this.#now;
    this.#flight.delete(reply.id);
    this.#hasAnswered = true;
    if (this.#failures > FEW) this.#program.tell.happened("it answers again");
    this.#failures = 0;
    const { ticket, request } = asked;
    ticket.done.resolve({ kind: "answer", reply, request });
    this.#settle();
  }

  /** Asks what has waited for its turn; where nothing has, the process may end. */
  #settle(): void {
    if (this.#isDying || this.#flight.size > 0) return;
    for (;;) {
      const suspect = this.#suspects.shift();
      this.#isAlone = suspect !== undefined;
      if (suspect === undefined) break;
      this.#send(suspect);
      if (this.#flight.size > 0) return;
    }
    for (const ticket of this.#waiting.splice(0)) this.#send(ticket);
    if (this.#flight.size > 0) return;
    this.#look(this.#program.idle);
    this.#timer?.unref();
    if (!this.#isRetired) return;
    this.#leave();
    void Promise.all(this.#leaving).then(() => this.#gone.resolve());
  }

  /** Tells a process that is not needed any more to end. */
  #leave(): void {
    clearTimeout(this.#timer);
    const process = this.#process;
    this.#process = undefined;
    if (!process) return;
    const left = process.finish();
    this.#leaving.add(left);
    void left.then(() => this.#leaving.delete(left));
  }

  #kill(reason: string): void {
    this.#isDying = true;
    this.#process?.kill(reason);
  }

  #ended(reason: string): void {
    clearTimeout(this.#timer);
    this.#process = undefined;
    this.#isDying = false;
    this.#failures = this.#hasAnswered ? 0 : this.#failures + 1;
    for (const { ticket } of this.#flight.values()) {
      ticket.ended += 1;
      if (ticket.ended > 1) letWait(ticket, reason);
      else this.#suspects.push(ticket);
    }
    const count = this.#flight.size;
    this.#flight.clear();
    if (this.#failures > FEW) this.#rest(reason);
    else if (count > 0 && this.#suspects.length > 0)
      this.#program.tell.happened(
        `${reason}; unanswered: ${count}, which are asked again`,
      );
    this.#settle();
  }

  #rest(reason: string): void {
    const rest = Math.min(LONGEST_REST, REST * 2 ** (this.#failures - FEW - 1));
    this.#restsUntil = this.#now + rest;
    this.#trouble = `it ends without an answer: ${reason}`;
    if (this.#failures === FEW + 1)
      this.#program.tell.happened(
        `${this.#trouble}; until it answers, messages wait`,
      );
    for (const ticket of [
      ...this.#suspects.splice(0),
      ...this.#waiting.splice(0),
    ])
      letWait(ticket, this.#trouble);
  }

  /** Milliseconds. */
  get #now(): number {
    return this.#seconds() * 1000;
  }

  #look(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#looked(), wait);
  }

  /** The oldest counts: one that answers in turn is not blamed for those before it. */
  #looked(): void {
    const [oldest] = this.#flight;
    if (!oldest) {
      this.#leave();
      return;
    }
    const [id, { ticket }] = oldest;
    const left = this.#since + ticket.limits.timeout - this.#now;
    const large = this.#large();
    if (large) this.#drop(...large, tooMuch);
    else if (left <= 0) this.#drop(id, oldest[1], tooLate);
    else this.#look(Math.min(LOOK, left));
  }

  /** Ends the process for what it does with one message, which waits. */
  #drop(id: string, { ticket }: Asked, why: typeof tooLate): void {
    const reason = why(ticket.limits);
    this.#flight.delete(id);
    letWait(ticket, reason);
    this.#kill(reason);
  }
}
