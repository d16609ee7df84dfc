/**
 * A runner goes by the file server's clock, as all hosts of a home do: what one host makes due, another
 * takes. Where the host's own clock is wrong that is said, and made good for this process.
 */
import { clockCorrection, correctClock, hostClock } from "../base/clock.ts";
import { type Log, plural } from "../base/log.ts";
import type { Node } from "../spool/lease.ts";

/** Milliseconds by which a clock may be off. */
const OFF = 2000;
/** A correction that changes by less stays as it is. */
const STEP = 1000;

export class Timekeeper {
  readonly #node: Pick<Node, "name" | "serverTime">;
  readonly #log: Log;

  constructor(node: Pick<Node, "name" | "serverTime">, log: Log) {
    this.#node = node;
    this.#log = log;
  }

  /** Milliseconds by which the host's clock is before the file server's. */
  get ahead(): number {
    return Math.round(hostClock.now() - this.#node.serverTime());
  }

  /** Sets this process's time right, where that is needed. */
  look(): void {
    const { ahead } = this;
    const wanted = Math.abs(ahead) < OFF ? 0 : ahead;
    const known = clockCorrection();
    const isSmall = Math.abs(wanted - known) < STEP;
    if (wanted === known || (wanted !== 0 && isSmall)) return;
    correctClock(wanted);
    this.#log(this.#node.name, wordsOf(wanted));
  }
}

function wordsOf(ahead: number): string {
  if (ahead === 0)
    return "the host's clock agrees with the file server's again";
  const seconds = Math.round(Math.abs(ahead) / 1000);
  return `the host's clock is ${plural(seconds, "second", "seconds")} ${ahead > 0 ? "ahead of" : "behind"} the file server's, by which listmill goes; set it right (chrony, ntpd)`;
}
