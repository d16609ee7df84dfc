/**
 * A consumer group of a stream: what was brought stays pending until it is acknowledged. After a restart
 * what this consumer had comes first; what another one of the group had, and left, is taken over after
 * a time. Entries that the stream has dropped before they were done are told loudly.
 */
import { messageOf } from "../../base/errors.ts";
import type { Delivery, Inlet, Wishes } from "../kit/inlet.ts";
import { Shelf } from "../kit/shelf.ts";
import {
  entriesOf,
  lostBefore,
  type StreamEntry,
  takenOver,
} from "./answers.ts";
import { type RedisAddress, Refusal, Server } from "./server.ts";

/** Milliseconds that a read waits: so long a stop may take. */
const BLOCK = 500;
/** Milliseconds between two looks for what others left. */
const LOOK = 15_000;
/** Entries that wait to be tried again, at most; with more of them no new one is read. */
const WAITING = 1000;

export interface RedisPlace {
  readonly address: RedisAddress;
  readonly stream: string;
  readonly group: string;
  /** Of this process, in the group. */
  readonly consumer: string;
  /** Milliseconds after which what another one had counts as left. */
  readonly idle: number;
}

/** Makes the group where it is missing: it begins with the oldest entry. Throws where the server is away. */
export async function openRedisInlet(
  place: RedisPlace,
  wishes: Wishes,
  now: () => number,
): Promise<Inlet> {
  const { stream, group } = place;
  const server = await Server.open(place.address);
  let reader: Server | undefined;
  try {
    await server
      .call("XGROUP", "CREATE", stream, group, "0", "MKSTREAM")
      .catch((error: unknown) => {
        if (!(error instanceof Refusal) || error.kind !== "BUSYGROUP")
          throw error;
      });
    // A read that waits holds up all else on its connection.
    reader = await Server.open({ ...place.address, timeout: undefined });
    const inlet = new RedisInlet(place, server, reader, wishes, now);
    inlet.begin();
    return inlet;
  } catch (error) {
    server.close();
    reader?.close();
    throw error;
  }
}

class RedisInlet implements Inlet {
  readonly #place: RedisPlace;
  readonly #server: Server;
  readonly #reader: Server;
  readonly #wishes: Wishes;
  readonly #now: () => number;
  readonly #shelf = new Shelf<Delivery>();
  /** When each is due again, by its id. */
  readonly #waiting = new Map<string, number>();
  /** The last of those that this consumer had already; undefined: all of them were read. */
  #before: string | undefined = "0";
  #inHand = 0;
  #freed: (() => void) | undefined;
  #isStopped = false;
  #looked = 0;
  /** Entries that are known to be lost, and were told. */
  #lost = 0;
  #from = "0-0";

  constructor(
    place: RedisPlace,
    server: Server,
    reader: Server,
    wishes: Wishes,
    now: () => number,
  ) {
    this.#place = place;
    this.#server = server;
    this.#reader = reader;
    this.#wishes = wishes;
    this.#now = now;
  }

  begin(): void {
    this.#pump().then(
      () => this.#shelf.finish(),
      (error: unknown) => {
        this.#shelf.end(new Error(messageOf(error)));
      },
    );
  }

  next(): Promise<Delivery | undefined> {
    return this.#shelf.take();
  }

  stop(): void {
    this.#isStopped = true;
    this.#shelf.end();
    this.#freed?.();
  }

  async close(): Promise<void> {
    this.stop();
    this.#server.close();
    this.#reader.close();
  }

  /** Brings entries, as many at once as there are hands for. */
  async #pump(): Promise<void> {
    while (!this.#isStopped) {
      if (this.#inHand >= this.#wishes.prefetch) {
        await new Promise<void>((freed) => {
          this.#freed = freed;
        });
        continue;
      }
      const entry = await this.#entry();
      if (entry) {
        this.#inHand += 1;
        this.#shelf.put(this.#delivery(entry));
      } else if (this.#wishes.untilEmpty && this.#before === undefined) return;
    }
  }

  async #entry(): Promise<StreamEntry | undefined> {
    return (
      (await this.#had()) ??
      (await this.#due()) ??
      (await this.#left()) ??
      (await this.#fresh())
    );
  }

  /** What this consumer had when it ended last. */
  async #had(): Promise<StreamEntry | undefined> {
    while (this.#before !== undefined) {
      const [found] = await this.#read(this.#before, []);
      this.#before = found?.id;
      if (found?.fields) return found;
      if (found) await this.#gone(found.id);
    }
    return undefined;
  }

  async #due(): Promise<StreamEntry | undefined> {
    const now = this.#now();
    for (const [id, due] of this.#waiting) {
      if (due > now) continue;
      this.#waiting.delete(id);
      const { stream, group, consumer } = this.#place;
      const answer = await this.#server.call(
        ...["XCLAIM", stream, group, consumer],
        ...[0, id],
      );
      const [found] = entriesOf(answer);
      if (found?.fields) return found;
      // Nothing is said of one that somebody else has done meanwhile.
      const [pending] = [
        await this.#server.call("XPENDING", stream, group, id, id, 1),
      ].flat();
      if (found || pending) await this.#gone(id);
    }
    return undefined;
  }

  async #left(): Promise<StreamEntry | undefined> {
    const now = this.#now();
    if (this.#from === "0-0" && now - this.#looked < LOOK) return undefined;
    if (this.#from === "0-0") {
      this.#looked = now;
      await this.#warn();
    }
    const { stream, group, consumer, idle } = this.#place;
    const answer = await this.#server.call(
      ...["XAUTOCLAIM", stream, group, consumer],
      ...[idle, this.#from, "COUNT", 1],
    );
    const { next, entry, gone } = takenOver(answer);
    this.#from = next;
    for (const id of gone) await this.#gone(id);
    // Its own, which wait here: they keep their time.
    if (entry && this.#waiting.has(entry.id)) return undefined;
    if (entry && !entry.fields) await this.#gone(entry.id);
    return entry?.fields ? entry : undefined;
  }

  async #fresh(): Promise<StreamEntry | undefined> {
    const isFull = this.#waiting.size >= WAITING;
    if (isFull) {
      await new Promise((done) => setTimeout(done, BLOCK));
      return undefined;
    }
    const patience = this.#wishes.untilEmpty ? [] : ["BLOCK", this.#patience()];
    const [found] = await this.#read(">", patience);
    return found?.fields ? found : undefined;
  }

  /** Not longer than until something that waits is due. */
  #patience(): number {
    let next = this.#now() + BLOCK;
    for (const due of this.#waiting.values()) next = Math.min(next, due);
    return Math.max(next - this.#now(), 1);
  }

  async #read(
    from: string,
    options: readonly (string | number)[],
  ): Promise<StreamEntry[]> {
    const { stream, group, consumer } = this.#place;
    const answer = await this.#reader.call(
      ...["XREADGROUP", "GROUP", group, consumer],
      ...["COUNT", 1, ...options, "STREAMS", stream, from],
    );
    const [first] = Array.isArray(answer) ? answer : [];
    return entriesOf(Array.isArray(first) ? (first[1] ?? null) : null);
  }

  #delivery({ id, fields = new Map() }: StreamEntry): Delivery {
    const { stream, group } = this.#place;
    const free = () => {
      this.#inHand -= 1;
      this.#freed?.();
    };
    return {
      body: Buffer.from(fields.get("envelope") ?? ""),
      done: async () => {
        await this.#server.call("XACK", stream, group, id);
        free();
      },
      later: async (wait) => {
        this.#waiting.set(id, this.#now() + wait);
        free();
      },
      dead: async (reason) => {
        const pairs = [...fields].flat();
        await this.#server.together(
          ["XADD", `${group}.dead`, "*", ...pairs, "reason", reason],
          ["XACK", stream, group, id],
        );
        free();
      },
    };
  }

  async #gone(id: string): Promise<void> {
    const { stream, group } = this.#place;
    this.#wishes.log(
      `LOST: the stream "${stream}" has dropped entry ${id} before it was done: set keep of [archive.redis] higher`,
    );
    await this.#server.call("XACK", stream, group, id);
  }

  async #warn(): Promise<void> {
    const { stream, group } = this.#place;
    const count = lostBefore(
      await this.#server.call("XINFO", "STREAM", stream),
      await this.#server.call("XINFO", "GROUPS", stream),
      group,
    );
    if (count > this.#lost)
      this.#wishes.log(
        `LOST: the stream "${stream}" has dropped ${count} entries that "${group}" had not read: set keep of [archive.redis] higher`,
      );
    this.#lost = count;
  }
}
