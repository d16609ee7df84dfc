/**
 * What is done with a message that a broker brought: the program is started, and its exit code says
 * what becomes of it. 0: noted as done, then acknowledged. 77: laid aside. Anything else: again later.
 * What was done already is acknowledged without the program: at least once becomes once, but for a
 * process that dies between the end of the program and the note of it, or whose program dies with it.
 */
import type { Clock } from "../../base/clock.ts";
import { exit, Failure, messageOf } from "../../base/errors.ts";
import { failpoint } from "../../base/failpoint.ts";
import { oneLine } from "../../base/log.ts";
import type { Done } from "../../state/done.ts";
import { type Envelope, readEnvelope } from "../envelope.ts";
import { contentOf, variablesOf } from "./content.ts";
import type { Delivery } from "./inlet.ts";
import { type Ended, runProgram } from "./program.ts";

/** Exit codes that say something; all others are those of broken programs. */
const CODES = { done: 0, later: 75, reject: 77 } as const;

/** Milliseconds: the first wait, which doubles with each try, and the longest. */
export interface Waits {
  readonly first: number;
  readonly most: number;
}

export interface Orders {
  readonly command: readonly string[];
  /** The program reads the envelope instead of the message. */
  readonly whole: boolean;
  readonly archive: string | undefined;
  /** Milliseconds that the program may run. */
  readonly timeout: number;
  readonly waits: Waits;
}

export class Work {
  readonly #orders: Orders;
  readonly #done: Done;
  readonly #clock: Clock;
  readonly #log: (text: string) => void;
  /** The ids at work just now. */
  readonly #running = new Set<string>();

  constructor(
    orders: Orders,
    done: Done,
    clock: Clock,
    log: (text: string) => void,
  ) {
    this.#orders = orders;
    this.#done = done;
    this.#clock = clock;
    this.#log = log;
  }

  /** Throws where the broker is lost; a Failure where the file of what is done cannot be written. */
  async handle(delivery: Delivery): Promise<void> {
    const read = readEnvelope(delivery.body);
    if (read.is === "trouble") {
      this.#log(
        `a message is ${read.isLasting ? "laid aside" : "left"}: ${read.reason}`,
      );
      return read.isLasting
        ? delivery.dead(read.reason)
        : delivery.later(this.#orders.waits.most, read.reason);
    }
    const { envelope } = read;
    // Two of one id at once would not know of each other.
    if (this.#running.has(envelope.id))
      return delivery.later(this.#orders.waits.first, "it is at work already");
    this.#running.add(envelope.id);
    try {
      await this.#settle(envelope, delivery);
    } finally {
      this.#running.delete(envelope.id);
    }
  }

  async #settle(envelope: Envelope, delivery: Delivery): Promise<void> {
    const { command, whole, archive, timeout } = this.#orders;
    const content = await contentOf(envelope, archive);
    if (typeof content === "string")
      return this.#later(envelope, delivery, content);
    const { digest } = content;
    const { id } = envelope;
    if (remember(() => this.#done.has(id, digest))) {
      this.#say(envelope, "came again, was done already");
      return delivery.done();
    }
    // Before the program: it shall not run again and again for what nobody can note.
    remember(() => this.#done.begun(id, this.#clock.now()));
    const ended = await runProgram({
      command,
      variables: variablesOf(envelope),
      stdin: whole ? [delivery.body] : content.stdin,
      timeout,
    });
    failpoint("consume-ran");
    switch (ended.code) {
      case CODES.done:
        remember(() => this.#done.note(id, digest, this.#clock.now()));
        failpoint("consume-noted");
        await delivery.done();
        return this.#say(envelope, "done");
      case CODES.reject:
        await delivery.dead("the program rejects it (exit code 77)");
        remember(() => this.#done.settled(id));
        return this.#say(envelope, "laid aside: the program rejects it");
      default:
        return this.#later(envelope, delivery, reasonOf(ended));
    }
  }

  async #later(
    envelope: Envelope,
    delivery: Delivery,
    reason: string,
  ): Promise<void> {
    const { first, most } = this.#orders.waits;
    const { id } = envelope;
    const tries = remember(() => this.#done.failed(id, this.#clock.now()));
    const wait = Math.min(first * 2 ** Math.min(tries - 1, 30), most);
    const when = delivery.sender
      ? `${delivery.sender} sends it again`
      : `again in ${wait / 1000} s`;
    this.#say(envelope, `${when}: ${reason}`);
    await delivery.later(wait, reason);
  }

  #say({ id }: Envelope, text: string): void {
    this.#log(`${oneLine(id, 300)}: ${text}`);
  }
}

function remember<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new Failure(
      exit.ioError,
      `the file of what is done (--state) cannot be used: ${messageOf(error)}`,
    );
  }
}

function reasonOf(ended: Ended): string {
  if (ended.code === undefined) return ended.trouble;
  return ended.code === CODES.later
    ? "the program asks for it (exit code 75)"
    : `exit code ${ended.code}`;
}
