/** A pause in a long look: other work goes on, a lease is renewed, and a person may end it. */
import { Spell } from "../../base/breath.ts";
import { exit, Failure } from "../../base/errors.ts";

export class Pause {
  readonly #signal: AbortSignal;
  readonly #spell = new Spell();

  /** @param signal aborted where a person wants it to end */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Asked between any two things that are looked at. Throws Failure 75 where it is to end. */
  async take(): Promise<void> {
    if (!this.#spell.isOver) return;
    await this.#spell.breath();
    if (this.#signal.aborted)
      throw new Failure(
        exit.tryLater,
        "ended before all was looked at; say it again",
      );
  }
}
