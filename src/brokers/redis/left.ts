/**
 * What is left of a consumer group: entries that wait to be tried again, what another consumer of the
 * group had and left, and what the stream has dropped before it was done, which is told loudly.
 */
import {
  entriesOf,
  lostBefore,
  type StreamEntry,
  takenOver,
} from "./answers.ts";
import type { Server } from "./server.ts";

/** Milliseconds between two looks for what others left. */
const LOOK = 15_000;

/** Of this process, in the group. */
export interface Seat {
  readonly stream: string;
  readonly group: string;
  readonly consumer: string;
  /** Milliseconds after which what another one had counts as left. */
  readonly idle: number;
}

/** All of its methods throw where the server is away. */
export class Left {
  readonly #seat: Seat;
  readonly #server: Server;
  readonly #log: (text: string) => void;
  #looked = 0;
  /** Entries that are known to be lost, and were told. */
  #lost = 0;
  #from = "0-0";

  constructor(seat: Seat, server: Server, log: (text: string) => void) {
    this.#seat = seat;
    this.#server = server;
    this.#log = log;
  }

  /** One that this consumer had tried. @returns undefined where it is not its own any more, or lost */
  async again(id: string): Promise<StreamEntry | undefined> {
    const { stream, group, consumer } = this.#seat;
    // First, for Redis 7 forgets with the claim what the stream has dropped.
    const pending = await this.#server.call(
      ...["XPENDING", stream, group],
      ...[id, id, 1, consumer],
    );
    if (!Array.isArray(pending) || pending.length === 0) return undefined;
    const [found] = entriesOf(
      await this.#server.call("XCLAIM", stream, group, consumer, 0, id),
    );
    if (found?.fields) return found;
    await this.gone(id);
    return undefined;
  }

  /**
   * One that nobody has at work any more, if it is time to look.
   * @param isWaiting whether this consumer keeps it for later
   */
  async takeOver(
    now: number,
    isWaiting: (id: string) => boolean,
  ): Promise<StreamEntry | undefined> {
    if (this.#from === "0-0" && now - this.#looked < LOOK) return undefined;
    if (this.#from === "0-0") {
      this.#looked = now;
      await this.#warn();
    }
    const { stream, group, consumer, idle } = this.#seat;
    const answer = await this.#server.call(
      ...["XAUTOCLAIM", stream, group, consumer],
      ...[idle, this.#from, "COUNT", 1],
    );
    const { next, entry, gone } = takenOver(answer);
    this.#from = next;
    for (const id of gone) await this.gone(id);
    // Its own, which wait here, keep their time.
    if (!entry || isWaiting(entry.id)) return undefined;
    if (entry.fields) return entry;
    await this.gone(entry.id);
    return undefined;
  }

  /** The stream has dropped it before it was done. */
  async gone(id: string): Promise<void> {
    const { stream, group } = this.#seat;
    this.#log(
      `LOST: the stream "${stream}" has dropped entry ${id} before it was done: set keep of [archive.redis] higher`,
    );
    await this.#server.call("XACK", stream, group, id);
  }

  async #warn(): Promise<void> {
    const { stream, group } = this.#seat;
    const count = lostBefore(
      await this.#server.call("XINFO", "STREAM", stream),
      await this.#server.call("XINFO", "GROUPS", stream),
      group,
    );
    if (count > this.#lost)
      this.#log(
        `LOST: the stream "${stream}" has dropped ${count} entries that "${group}" had not read: set keep of [archive.redis] higher`,
      );
    this.#lost = count;
  }
}
