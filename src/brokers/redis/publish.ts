/**
 * Posts and events into a stream of Redis (XADD); done where the server has answered, and as many replicas
 * as are wished for have it. What was not answered may be there: it is added again under the same id.
 */
import { exit, Failure, messageOf } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";
import type { RedisSettings } from "../../lists/schema/brokers.ts";
import { addressOf } from "../address.ts";
import { type Line, type Outcome, type Parcel, taken } from "../parcel.ts";
import { Refusal, Server } from "./server.ts";

/** Most milliseconds for a connection. */
const CONNECTING = 10_000;

/** What Redis says where it takes nothing now, whatever it is; and what to do about some. */
const away: Record<string, string> = {
  OOM: "its memory is full (maxmemory)",
  READONLY: "it is a replica, which takes nothing: name the primary",
  LOADING: "it reads its data, having started",
  MISCONF: "it cannot save to disk",
  NOREPLICAS: "it has too few replicas (min-replicas-to-write)",
  BUSY: "it runs a script",
  MASTERDOWN: "its primary is away",
  CLUSTERDOWN: "the cluster is down",
  NOAUTH: "it wants a password: set password_file",
  NOPERM: "the user may not write to the stream",
  WRONGTYPE: "the key is no stream: name another one",
};

/** @param home absolute: paths of the settings start there */
export async function openRedis(
  settings: RedisSettings,
  home: string,
): Promise<Line> {
  const { database, timeout } = settings;
  const address = addressOf(settings, home, "archive.redis");
  const connecting = Math.min(timeout, CONNECTING);
  try {
    const server = await Server.open({
      ...address,
      ...{ database, timeout, connecting },
    });
    return new RedisLine(server, settings);
  } catch (error) {
    const why = oneLine(messageOf(error), 300);
    throw new Failure(exit.tryLater, `${settings.url}: ${why}`);
  }
}

class RedisLine implements Line {
  readonly #server: Server;
  readonly #settings: RedisSettings;

  constructor(server: Server, settings: RedisSettings) {
    this.#server = server;
    this.#settings = settings;
  }

  isOpen(): boolean {
    return this.#server.isOpen;
  }

  async send({ id, kind, list, body }: Parcel): Promise<Outcome> {
    const { stream, keep } = this.#settings;
    const trimming = keep === 0 ? [] : ["MAXLEN", "~", keep];
    const fields = ["id", id, "kind", kind, "list", list, "envelope", body];
    try {
      await this.#server.call("XADD", stream, ...trimming, "*", ...fields);
      return await this.#replicated();
    } catch (error) {
      const reason = oneLine(messageOf(error), 300);
      if (!(error instanceof Refusal)) return { is: "away", reason };
      const known = away[error.kind];
      return known === undefined
        ? { is: "later", reason }
        : { is: "away", reason: `${known}: ${reason}` };
    }
  }

  async close(): Promise<void> {
    this.#server.close();
  }

  async #replicated(): Promise<Outcome> {
    const { replicas, timeout } = this.#settings;
    if (replicas === 0) return taken;
    // Before the command's own limit, so that there is an answer.
    const limit = Math.floor(timeout / 2);
    const have = Number(await this.#server.call("WAIT", replicas, limit));
    if (have >= replicas) return taken;
    return {
      is: "away",
      reason: `only ${have} of ${replicas} replicas have it after ${limit / 1000} s`,
    };
  }
}
