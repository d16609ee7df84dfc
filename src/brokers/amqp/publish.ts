/**
 * Posts and events into a topic exchange of RabbitMQ: persistent, mandatory, and done only where the
 * broker has confirmed it, which it does when it is on disk in every queue that it is routed to. What
 * became of one that was not confirmed nobody knows: it is sent again under the same id.
 */
import { exit, Failure, messageOf } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";
import type { AmqpSettings } from "../../lists/schema/brokers.ts";
import { addressOf } from "../address.ts";
import {
  type Line,
  type Outcome,
  type Parcel,
  shortId,
  taken,
  topicOf,
} from "../parcel.ts";
import { Broker, type ConfirmChannel } from "./broker.ts";

/** Most milliseconds for a connection. */
const CONNECTING = 10_000;
/** Bytes of a short string (AMQP 0-9-1, 4.2.5.3). */
const SHORT = 255;

/** @param home absolute: paths of the settings start there */
export async function openAmqp(
  settings: AmqpSettings,
  home: string,
): Promise<Line> {
  const { vhost, timeout, exchange } = settings;
  const address = addressOf(settings, home, "archive.amqp");
  const broker = await Broker.open({
    ...address,
    vhost,
    timeout: Math.min(timeout, CONNECTING),
  }).catch((error: unknown) => {
    throw new Failure(
      exit.tryLater,
      `${settings.url}: ${oneLine(messageOf(error), 300)}`,
    );
  });
  try {
    await within(CONNECTING, broker.exchange(exchange));
    return new AmqpLine(broker, await broker.confirming(), settings);
  } catch (error) {
    await broker.close();
    throw error;
  }
}

class AmqpLine implements Line {
  readonly #broker: Broker;
  readonly #channel: ConfirmChannel;
  readonly #settings: AmqpSettings;
  /** Messages that came back, by their ids. */
  readonly #returned = new Map<string, string>();
  #closed: string | undefined;

  constructor(broker: Broker, channel: ConfirmChannel, settings: AmqpSettings) {
    this.#broker = broker;
    this.#channel = channel;
    this.#settings = settings;
    channel.on("error", (error) => {
      this.#closed = messageOf(error);
    });
    channel.on("close", () => {
      this.#closed ??= "the channel was closed";
    });
    // It comes before the confirmation of the same message.
    channel.on("return", ({ properties, fields }) =>
      this.#returned.set(
        `${properties.messageId}`,
        `${(fields as { replyText?: string }).replyText}`,
      ),
    );
  }

  isOpen(): boolean {
    return this.#broker.isOpen && this.#closed === undefined;
  }

  async send(parcel: Parcel): Promise<Outcome> {
    const topic = topicOf(parcel);
    if (Buffer.byteLength(topic) > SHORT)
      return {
        is: "refused",
        reason: `the list's address is too long for a routing key: ${topic}`,
      };
    const { trouble } = this.#broker;
    if (trouble !== undefined) return { is: "away", reason: trouble };
    const messageId = shortId(parcel.id);
    const confirmed = await this.#confirmed(parcel, topic, messageId);
    const returned = this.#returned.get(messageId);
    this.#returned.delete(messageId);
    if (confirmed.is !== "taken" || returned === undefined) return confirmed;
    return this.#mustReach(parcel)
      ? { is: "later", reason: this.#unroutable(topic, returned) }
      : taken;
  }

  /** Whether somebody has to want it. */
  #mustReach({ kind }: Parcel): boolean {
    const { mandatory } = this.#settings;
    return mandatory === "all" || (mandatory === "posts" && kind === "post");
  }

  async close(): Promise<void> {
    await this.#broker.close();
  }

  #confirmed(
    parcel: Parcel,
    topic: string,
    messageId: string,
  ): Promise<Outcome> {
    const { exchange, timeout } = this.#settings;
    return new Promise((resolve) => {
      const end = (outcome: Outcome) => {
        clearTimeout(timer);
        ignore();
        resolve(outcome);
      };
      const away = (reason: string) => end({ is: "away", reason });
      const timer = setTimeout(
        () => away(`no confirmation within ${timeout / 1000} s`),
        timeout,
      );
      const ignore = this.#broker.onTrouble(away);
      try {
        this.#channel.publish(
          exchange,
          topic,
          parcel.body,
          {
            persistent: true,
            mandatory: true,
            messageId,
            contentType: "application/json",
            type: parcel.kind,
            appId: "listmill",
          },
          (error) => end(error ? this.#refusal(error) : taken),
        );
      } catch (error) {
        away(messageOf(error));
      }
    });
  }

  /** A nack says that a queue would not have it; anything else that the channel is gone. */
  #refusal(error: unknown): Outcome {
    if (this.#closed !== undefined && this.#broker.isOpen)
      return { is: "later", reason: oneLine(this.#closed, 300) };
    if (!this.isOpen()) return { is: "away", reason: messageOf(error) };
    return {
      is: "later",
      reason: `the broker has refused it: a queue bound to "${this.#settings.exchange}" is full (x-max-length with reject-publish)`,
    };
  }

  #unroutable(topic: string, returned: string): string {
    const { exchange } = this.#settings;
    return `no queue is bound to the exchange "${exchange}" for "${topic}" (${returned}): start a consumer (listmill consume amqp), bind a queue, or set mandatory = "none"`;
  }
}

/** What has no limit of its own. */
async function within<T>(limit: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${limit / 1000} s`)),
      limit,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
