/**
 * Connections to brokers, one for each that is set up: kept between messages of a process, opened anew
 * where lost, closed when nothing came for half a minute. They keep no process alive. Where a broker is
 * away, the wait until it is asked again grows from 1 to 30 seconds.
 */
import { messageOf } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import type { Line, Outcome, Parcel } from "./parcel.ts";
import { waitAfter } from "./waits.ts";

/** Milliseconds that an idle connection is kept. */
const IDLE = 30_000;

/** What follows from a try, for a hook. */
export type Sent = Exclude<Outcome, { readonly is: "away" }> | Away;

interface Away {
  readonly is: "away";
  readonly reason: string;
  /** Milliseconds until it is worth asking again. */
  readonly wait: number;
}

export class Lines {
  readonly #lines = new Map<string, Kept>();
  readonly #idle: number;

  /** @param idle milliseconds */
  constructor(idle = IDLE) {
    this.#idle = idle;
  }

  /**
   * Sends by the line of this name. Never throws.
   * @param name the same for the same settings
   * @param open throws where the broker cannot be reached or does not let us in
   */
  async send(
    name: string,
    open: () => Promise<Line>,
    parcel: Parcel,
  ): Promise<Sent> {
    const kept = this.#lines.get(name) ?? new Kept(this.#idle);
    this.#lines.set(name, kept);
    return kept.send(open, parcel);
  }

  /** Closes all of them. */
  async close(): Promise<void> {
    const all = [...this.#lines.values()];
    this.#lines.clear();
    await Promise.all(all.map((kept) => kept.drop()));
  }
}

class Kept {
  readonly #idle: number;
  #line: Promise<Line> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #atWork = 0;
  #failures = 0;

  constructor(idle: number) {
    this.#idle = idle;
  }

  async send(open: () => Promise<Line>, parcel: Parcel): Promise<Sent> {
    clearTimeout(this.#timer);
    this.#atWork += 1;
    try {
      const outcome = await this.#sent(open, parcel);
      if (outcome.is === "away") return this.#away(outcome.reason);
      if (outcome.is === "taken") failpoint("consumer-sent");
      this.#failures = 0;
      return outcome;
    } finally {
      this.#atWork -= 1;
      if (this.#atWork === 0) this.#rest();
    }
  }

  async drop(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#line) await this.#discard(this.#line);
  }

  async #sent(open: () => Promise<Line>, parcel: Parcel): Promise<Outcome> {
    const known = this.#line;
    const isLost = await known?.then(
      (line) => !line.isOpen(),
      () => true,
    );
    if (known && isLost) await this.#discard(known);
    this.#line ??= open();
    const opening = this.#line;
    try {
      const line = await opening;
      const outcome = await line.send(parcel);
      // A line that has fallen silent may still bring an answer to an older question.
      if (outcome.is === "away" || !line.isOpen()) await this.#discard(opening);
      return outcome;
    } catch (error) {
      await this.#discard(opening);
      return { is: "away", reason: messageOf(error) };
    }
  }

  /** Another message may have opened a new one meanwhile. */
  async #discard(opening: Promise<Line>): Promise<void> {
    if (this.#line === opening) this.#line = undefined;
    await opening.then((line) => line.close()).catch(() => {});
  }

  #away(reason: string): Away {
    const wait = waitAfter(this.#failures);
    this.#failures += 1;
    return { is: "away", reason, wait };
  }

  #rest(): void {
    this.#timer = setTimeout(() => this.drop(), this.#idle);
    this.#timer.unref();
  }
}
