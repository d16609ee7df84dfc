/**
 * A connection to a broker that speaks AMQP 0-9-1, RabbitMQ above all. It is never opened again by
 * itself, and keeps no process alive. The only importer of amqplib.
 */
import type { Socket } from "node:net";
import {
  type Channel,
  type ChannelModel,
  type ConfirmChannel,
  type ConsumeMessage,
  connect,
  type GetMessage,
} from "amqplib";
import { messageOf } from "../../base/errors.ts";
import type { Address } from "../address.ts";

export type { Channel, ConfirmChannel } from "amqplib";
/** A message that the broker has brought, or was asked for. */
export type Brought = ConsumeMessage | GetMessage;

/** Seconds: a peer that is silent for two of these is gone. */
const HEARTBEAT = 20;
/** Milliseconds for a goodbye. */
const GOODBYE = 1000;

export interface AmqpAddress extends Address {
  readonly vhost: string;
  /** Milliseconds for the connection and the login. */
  readonly timeout: number;
}

/** What the package does not declare. */
interface Inner {
  readonly stream: Socket;
  /** null where the broker wants none. */
  readonly heartbeater: {
    readonly sendTimer: NodeJS.Timeout;
    readonly recvTimer: NodeJS.Timeout;
  } | null;
}

export class Broker {
  readonly #model: ChannelModel;
  /** Why it cannot be used; undefined as long as it can. */
  #lost: string | undefined;
  #blocked: string | undefined;
  readonly #listeners = new Set<(trouble: string) => void>();

  private constructor(model: ChannelModel) {
    this.#model = model;
    model.on("error", (error) => this.#tell(messageOf(error)));
    model.on("close", (error) =>
      this.#tell(
        error ? messageOf(error) : "the broker has closed the connection",
      ),
    );
    model.on("blocked", (reason) => {
      this.#blocked = `the broker takes nothing; it says: ${reason}`;
      for (const listener of this.#listeners) listener(this.#blocked);
    });
    model.on("unblocked", () => {
      this.#blocked = undefined;
    });
  }

  /** Throws where there is no connection, or no login. */
  static async open(address: AmqpAddress): Promise<Broker> {
    const { url, host, port, user, password, ca, vhost, timeout } = address;
    const login = user === undefined ? {} : { username: user, password };
    const model = await connect(
      {
        protocol: url.protocol.slice(0, -1),
        hostname: host,
        ...(port !== undefined && { port }),
        ...login,
        // The package takes it for a part of a URL.
        vhost: encodeURIComponent(vhost),
        heartbeat: HEARTBEAT,
      },
      {
        timeout,
        noDelay: true,
        ...(ca !== undefined && { ca, rejectUnauthorized: true }),
        clientProperties: { connection_name: "listmill" },
      },
    ).catch((error: unknown) => {
      // What the broker says of it the package does not tell.
      const isRefused = messageOf(error).startsWith(
        "Expected ConnectionOpenOk",
      );
      throw isRefused
        ? new Error(`the vhost "${vhost}" is not there, or not for this user`)
        : error;
    });
    // Nobody waits for what nobody has asked for.
    const { stream, heartbeater } = model.connection as unknown as Inner;
    stream.unref();
    heartbeater?.sendTimer.unref();
    heartbeater?.recvTimer.unref();
    return new Broker(model);
  }

  /** Why nothing can be published; undefined where it can. */
  get trouble(): string | undefined {
    return this.#lost ?? this.#blocked;
  }

  get isOpen(): boolean {
    return this.#lost === undefined;
  }

  /** Told where the connection is lost or blocked. @returns what ends that */
  onTrouble(listener: (trouble: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  confirming(): Promise<ConfirmChannel> {
    return this.#model.createConfirmChannel().then(quiet);
  }

  channel(): Promise<Channel> {
    return this.#model.createChannel().then(quiet);
  }

  /**
   * Makes sure that there is a durable topic exchange. One that is there is taken as it is: whoever made it
   * need not let us make one.
   */
  async exchange(name: string): Promise<void> {
    const asking = await this.channel();
    try {
      await asking.checkExchange(name);
      await asking.close();
    } catch {
      // What is not there has closed the channel.
      const making = await this.channel();
      await making.assertExchange(name, "topic", { durable: true });
      await making.close();
    }
  }

  async close(): Promise<void> {
    this.#lost ??= "it was closed";
    const { stream } = this.#model.connection as unknown as Inner;
    // A peer that is silent never says that it has heard.
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => {
      timer = setTimeout(done, GOODBYE);
    });
    await Promise.race([this.#model.close().catch(() => {}), late]);
    clearTimeout(timer);
    stream.destroy();
  }

  #tell(trouble: string): void {
    this.#lost ??= trouble;
    for (const listener of this.#listeners) listener(trouble);
  }
}

/** What goes wrong is told to whoever asked; an error that nobody listens to would end the process. */
function quiet<T extends Channel>(channel: T): T {
  channel.on("error", () => {});
  return channel;
}
