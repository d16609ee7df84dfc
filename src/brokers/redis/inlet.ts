/**
 * A consumer group of a stream: what was brought stays pending until it is acknowledged. After a restart
 * what this consumer had comes first; what another one of the group had, and left, is taken over after
 * a time.
 */
import { messageOf } from "../../base/errors.ts";
import type { Delivery, Inlet, Wishes } from "../kit/inlet.ts";
import { Shelf } from "../kit/shelf.ts";
import { entriesOf, type StreamEntry } from "./answers.ts";
import { Left, type Seat } from "./left.ts";
import { type RedisAddress, Refusal, Server } from "./server.ts";

/** Milliseconds that a read waits: so long a stop may take. */
const BLOCK = 500;
/** Entries that wait to be tried again, at most; with more of them no new one is read. */
const WAITING = 1000;

export interface RedisPlace extends Seat {
  readonly address: RedisAddress & { readonly timeout: number };
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
    const timeout = BLOCK + place.address.timeout;
    reader = await Server.open({ ...place.address, timeout });
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
  readonly #left: Left;
  readonly #shelf = new Shelf<Delivery>();
  /** When each is due again, by its id. */
  readonly #waiting = new Map<string, number>();
  /** The last of those that this consumer had already; undefined: all of them were read. */
  #before: string | undefined = "0";
  #inHand = 0;
  #freed: (() => void) | undefined;
  #isStopped = false;

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
    this.#left = new Left(place, server, wishes.log);
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
      (await this.#left.takeOver(this.#now(), (id) => this.#waiting.has(id))) ??
      (await this.#fresh())
    );
  }

  /** What this consumer had when it ended last. */
  async #had(): Promise<StreamEntry | undefined> {
    while (this.#before !== undefined) {
      const [found] = await this.#read(this.#before, []);
      this.#before = found?.id;
      if (found?.fields) return found;
      if (found) await this.#left.gone(found.id);
    }
    return undefined;
  }

  async #due(): Promise<StreamEntry | undefined> {
    const now = this.#now();
    for (const [id, due] of this.#waiting) {
      if (due > now) continue;
      this.#waiting.delete(id);
      const found = await this.#left.again(id);
      if (found) return found;
    }
    return undefined;
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
}
