/**
 * A connection to Redis. It is never opened again by itself, nothing is sent twice by it, and it keeps no
 * process alive. The only importer of ioredis.
 */
import { Redis, ReplyError } from "ioredis";
import { messageOf } from "../../base/errors.ts";
import type { Address } from "../address.ts";

export interface RedisAddress extends Address {
  readonly database: number;
  /** Milliseconds for the connection and the login. */
  readonly connecting: number;
  /** Milliseconds for an answer; undefined: any time. */
  readonly timeout: number | undefined;
}

/** What Redis answers: text, numbers, arrays of them, nothing. */
export type Answer = string | number | null | Answer[];

/** What a server has said instead of an answer; the first word is its kind: "OOM", "READONLY". */
export class Refusal extends Error {
  get kind(): string {
    return /^[A-Z]+/.exec(this.message)?.[0] ?? "";
  }
}

export class Server {
  readonly #redis: Redis;
  #lost: string | undefined;
  #said: string | undefined;

  private constructor(redis: Redis) {
    this.#redis = redis;
    redis.on("error", (error) => {
      this.#said = messageOf(error);
    });
    redis.on("end", () => {
      this.#lost ??= this.#said ?? "the connection was lost";
    });
  }

  /** Throws where there is no connection, or no login. */
  static async open(address: RedisAddress): Promise<Server> {
    const { host, port, user, password, ca, database } = address;
    const redis = new Redis({
      host,
      port: port ?? 6379,
      ...(user !== undefined && { username: user }),
      ...(password !== undefined && { password }),
      ...(ca !== undefined && { tls: { ca, rejectUnauthorized: true } }),
      ...(address.timeout !== undefined && { commandTimeout: address.timeout }),
      // Version 3 answers in maps.
      protocol: 2,
      db: database,
      connectionName: "listmill",
      connectTimeout: address.connecting,
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    const server = new Server(redis);
    try {
      await redis.connect();
      // A login that was refused is told by the first command only.
      await server.call("PING");
    } catch (error) {
      redis.disconnect();
      throw new Error(server.#said ?? messageOf(error), { cause: error });
    }
    redis.stream.unref();
    return server;
  }

  get isOpen(): boolean {
    return this.#lost === undefined && this.#redis.status === "ready";
  }

  /** Throws a Refusal where the server has said why, any other error where there was no answer. */
  async call(
    command: string,
    ...args: (string | number | Buffer)[]
  ): Promise<Answer> {
    try {
      return (await this.#redis.call(command, ...args)) as Answer;
    } catch (error) {
      throw this.#told(error);
    }
  }

  /** Several, all or none (MULTI). */
  async together(
    ...commands: readonly (readonly [string, ...(string | Buffer)[]])[]
  ): Promise<void> {
    const multi = this.#redis.multi();
    for (const [command, ...args] of commands) multi.call(command, ...args);
    try {
      const answers = (await multi.exec()) ?? [];
      const failed = answers.find(([error]) => error);
      if (failed) throw failed[0];
    } catch (error) {
      throw this.#told(error);
    }
  }

  close(): void {
    this.#lost ??= "it was closed";
    this.#redis.disconnect();
  }

  #told(error: unknown): Error {
    const words = messageOf(error);
    if (error instanceof ReplyError) return new Refusal(words);
    return new Error(this.#lost ?? words, { cause: error });
  }
}
