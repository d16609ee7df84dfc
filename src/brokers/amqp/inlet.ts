/**
 * A durable queue of a consumer's own, bound to the exchange: what comes there waits for this consumer
 * alone. A message in hand has a channel of its own; one that is to come again later keeps it until then,
 * unacknowledged, so that the broker brings it again also where this process dies.
 */
import { messageOf } from "../../base/errors.ts";
import type { Delivery, Inlet, Wishes } from "../kit/inlet.ts";
import { Shelf } from "../kit/shelf.ts";
import {
  type AmqpAddress,
  Broker,
  type Brought,
  type Channel,
  type ConfirmChannel,
} from "./broker.ts";

/** Messages that wait to come again, at most; with more of them no other is taken until one is due. */
const WAITING = 100;

export interface AmqpPlace {
  readonly address: AmqpAddress;
  readonly exchange: string;
  readonly queue: string;
  /** What it is bound for. */
  readonly patterns: readonly string[];
}

/** Makes the queue where it is missing. Throws where the broker is away or does not let us. */
export async function openAmqpInlet(
  place: AmqpPlace,
  wishes: Wishes,
): Promise<Inlet> {
  const { exchange, queue, patterns } = place;
  const broker = await Broker.open(place.address);
  try {
    await broker.exchange(exchange);
    await declare(broker, queue);
    await declare(broker, deadOf(queue));
    const binding = await broker.channel();
    for (const pattern of patterns)
      await binding.bindQueue(queue, exchange, pattern);
    await binding.close();
    const inlet = new AmqpInlet(broker, await broker.confirming(), queue);
    await inlet.begin(wishes);
    return inlet;
  } catch (error) {
    await broker.close();
    throw error;
  }
}

function deadOf(queue: string): string {
  return `${queue}.dead`;
}

/** A queue that is there is taken as it is, with the limits that an administrator gave it. */
async function declare(broker: Broker, queue: string): Promise<void> {
  const asking = await broker.channel();
  try {
    await asking.checkQueue(queue);
    await asking.close();
  } catch {
    const making = await broker.channel();
    await making.assertQueue(queue, { durable: true });
    await making.close();
  }
}

class AmqpInlet implements Inlet {
  readonly #broker: Broker;
  readonly #outgoing: ConfirmChannel;
  readonly #queue: string;
  readonly #shelf = new Shelf<Delivery>();
  readonly #waiting = new Set<NodeJS.Timeout>();
  #untilEmpty = false;
  /** Channels to open as soon as one that waits is through. */
  #owed = 0;

  constructor(broker: Broker, outgoing: ConfirmChannel, queue: string) {
    this.#broker = broker;
    this.#outgoing = outgoing;
    this.#queue = queue;
    broker.onTrouble((trouble) => {
      // One that takes nothing may still give.
      if (!broker.isOpen) this.#break(trouble);
    });
  }

  async begin({ prefetch, untilEmpty }: Wishes): Promise<void> {
    this.#untilEmpty = untilEmpty;
    for (let at = 0; at < prefetch; at += 1) await this.#open();
  }

  next(): Promise<Delivery | undefined> {
    return this.#shelf.take();
  }

  stop(): void {
    this.#shelf.end();
  }

  async close(): Promise<void> {
    this.stop();
    for (const timer of this.#waiting) clearTimeout(timer);
    await this.#broker.close();
  }

  #break(reason: string): void {
    this.#shelf.end(new Error(reason));
  }

  /** A channel more, which has one message in hand at a time. */
  async #open(): Promise<void> {
    const channel = await this.#broker.channel();
    channel.on("error", (error) => this.#break(messageOf(error)));
    if (this.#untilEmpty) return this.#fetch(channel);
    await channel.prefetch(1);
    await channel.consume(this.#queue, (message) => {
      if (message) this.#shelf.put(this.#delivery(channel, message));
      else this.#break(`the queue "${this.#queue}" was deleted`);
    });
  }

  /** Asks for one; that there is none is known for certain only so. */
  async #fetch(channel: Channel): Promise<void> {
    const message = await channel.get(this.#queue);
    if (message) this.#shelf.put(this.#delivery(channel, message));
    else this.#shelf.finish();
  }

  #delivery(channel: Channel, message: Brought): Delivery {
    const settle = async () => {
      channel.ack(message);
      if (this.#untilEmpty) await this.#fetch(channel);
    };
    return {
      body: message.content,
      done: settle,
      later: (wait) => this.#later(channel, wait),
      dead: async (reason) => {
        await this.#bury(message, reason);
        await settle();
      },
    };
  }

  /** The broker takes back what a channel that is closed has not acknowledged. */
  async #later(channel: Channel, wait: number): Promise<void> {
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      const broke = (error: unknown) => this.#break(messageOf(error));
      channel.close().catch(broke);
      if (this.#owed === 0) return;
      this.#owed -= 1;
      this.#open().catch(broke);
    }, wait);
    this.#waiting.add(timer);
    if (this.#waiting.size >= WAITING) this.#owed += 1;
    else await this.#open();
  }

  /** On disk in the queue of the dead when this returns. */
  async #bury(message: Brought, reason: string): Promise<void> {
    const dead = deadOf(this.#queue);
    // An administrator may have deleted it.
    await declare(this.#broker, dead);
    await new Promise<void>((resolve, reject) => {
      const ignore = this.#broker.onTrouble((trouble) =>
        reject(new Error(trouble)),
      );
      // It comes before the confirmation. Whose it is does not matter: both come again.
      const returned = () => reject(new Error(`the queue "${dead}" is gone`));
      this.#outgoing.once("return", returned);
      const { messageId, contentType, type } = message.properties;
      this.#outgoing.sendToQueue(
        dead,
        message.content,
        {
          ...{ messageId, contentType, type, persistent: true },
          mandatory: true,
          headers: { "x-listmill-reason": reason },
        },
        (error) => {
          ignore();
          this.#outgoing.off("return", returned);
          if (error) reject(new Error(messageOf(error)));
          else resolve();
        },
      );
    });
  }
}
