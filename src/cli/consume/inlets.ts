/**
 * Which broker a consumer takes from: the options of the command line before the settings of the home.
 */

import { host } from "../../base/environment.ts";
import { exit, Failure } from "../../base/errors.ts";
import { addressOf } from "../../brokers/address.ts";
import { openAmqpInlet } from "../../brokers/amqp/inlet.ts";
import type { Inlet, Wishes } from "../../brokers/kit/inlet.ts";
import { openRedisInlet } from "../../brokers/redis/inlet.ts";
import { openZeromqInlet } from "../../brokers/zeromq/inlet.ts";
import { amqp, redis, zeromq } from "../../lists/schema/brokers.ts";
import type { Site } from "../../lists/settings.ts";
import { wholeNumber } from "../context.ts";
import { accessOf, serverOf, urlOf } from "./access.ts";

/** The options of the verb. */
export const options = {
  url: { type: "string" },
  user: { type: "string" },
  "password-file": { type: "string" },
  "ca-file": { type: "string" },
  vhost: { type: "string" },
  exchange: { type: "string" },
  queue: { type: "string" },
  bind: { type: "string", multiple: true },
  database: { type: "string" },
  stream: { type: "string" },
  group: { type: "string" },
  consumer: { type: "string" },
  endpoint: { type: "string" },
  prefetch: { type: "string" },
  state: { type: "string" },
  archive: { type: "string" },
  timeout: { type: "string" },
  wait: { type: "string" },
  "until-empty": { type: "boolean" },
} as const;

type Option = keyof typeof options;

export interface Given {
  readonly values: {
    readonly [O in Exclude<Option, "bind" | "until-empty">]?:
      | string
      | undefined;
  } & {
    readonly bind?: string[] | undefined;
    readonly "until-empty"?: boolean | undefined;
  };
  /** Absolute: paths start there. */
  readonly home: string;
  readonly archive: Partial<Site["archive"]>;
  /** Milliseconds after which what a consumer has in hand counts as left by it. */
  readonly left: number;
  readonly now: () => number;
}

export interface Chosen {
  /** Of the consumer. */
  readonly name: string;
  /** Tells what it takes from everything else that is taken from, whatever the name. */
  readonly origin: string;
  /** For the log. */
  readonly place: string;
  open(wishes: Wishes): Promise<Inlet>;
}

/** Milliseconds for a connection. */
const CONNECTING = 10_000;
/** Milliseconds that RabbitMQ lets a consumer have a message in hand (consumer_timeout). */
const HANDS = 30 * 60_000;

export const inlets: Record<string, (given: Given) => Chosen> = {
  amqp(given) {
    const { values, archive, home } = given;
    refuse(values, "amqp", [...login, "queue", "vhost", "exchange", "bind"]);
    if (given.left > HANDS)
      throw new Failure(
        exit.usage,
        "--timeout and the longest wait, --wait or 5 minutes, take 29 minutes at most together: RabbitMQ takes back what is not acknowledged in 30",
      );
    const settings =
      archive.amqp ?? amqp.parse({ url: urlOf(values, ["amqp:", "amqps:"]) });
    const access = accessOf(values, settings, ["amqp:", "amqps:"]);
    const queue = named(values.queue, "--queue");
    const exchange = values.exchange ?? settings.exchange;
    const vhost = values.vhost ?? settings.vhost;
    const patterns = values.bind ?? ["#"];
    return {
      name: queue,
      origin: JSON.stringify([serverOf(access.url), vhost]),
      place: `${access.url}, queue ${queue} for ${patterns.join(" ")} of exchange ${exchange}`,
      open: (wishes) => {
        const address = {
          ...addressOf(access, home, "archive.amqp"),
          ...{ vhost, timeout: CONNECTING },
        };
        return openAmqpInlet({ address, exchange, queue, patterns }, wishes);
      },
    };
  },

  redis(given) {
    const { values, archive, home } = given;
    refuse(values, "redis", [
      ...login,
      "group",
      "stream",
      "database",
      "consumer",
    ]);
    const settings =
      archive.redis ??
      redis.parse({ url: urlOf(values, ["redis:", "rediss:"]) });
    const access = accessOf(values, settings, ["redis:", "rediss:"]);
    const group = named(values.group, "--group");
    const stream = values.stream ?? settings.stream;
    const consumer = named(values.consumer ?? host(), "--consumer");
    const database =
      values.database === undefined
        ? settings.database
        : wholeNumber(values.database, "--database");
    return {
      name: group,
      origin: JSON.stringify([serverOf(access.url), database, stream]),
      place: `${access.url}, group ${group} of stream ${stream} as ${consumer}`,
      open: (wishes) => {
        const address = {
          ...addressOf(access, home, "archive.redis"),
          ...{ database, connecting: CONNECTING, timeout: CONNECTING },
        };
        const place = { address, stream, group, consumer, idle: given.left };
        return openRedisInlet(place, wishes, given.now);
      },
    };
  },

  zeromq(given) {
    const { values, archive } = given;
    refuse(values, "zeromq", ["endpoint", "group"]);
    for (const option of ["prefetch", "until-empty"] as const)
      if (values[option] !== undefined)
        throw new Failure(
          exit.usage,
          `consume zeromq takes no --${option}: mills ask one question after the other`,
        );
    const endpoint = values.endpoint ?? archive.zeromq?.endpoint;
    if (endpoint === undefined)
      throw new Failure(
        exit.usage,
        "where do mills ask? Give --endpoint tcp://host:port, or name a home that has [archive.zeromq] with --home DIR",
      );
    if (!zeromq.safeParse({ endpoint }).success)
      throw new Failure(
        exit.usage,
        "--endpoint takes tcp://host:port or ipc:///path/of/a/socket",
      );
    return {
      name: named(values.group ?? "zeromq", "--group"),
      origin: endpoint,
      place: endpoint,
      open: () => openZeromqInlet(endpoint),
    };
  },
};

/** Options of servers that let users in. */
const login = ["url", "user", "password-file", "ca-file"] as const;

/** Options that say nothing of the broker. */
const general: readonly Option[] = [
  ...(["prefetch", "state", "archive", "timeout", "wait"] as const),
  "until-empty",
];

/** Refuses what would be passed over. */
function refuse(
  values: Given["values"],
  broker: string,
  own: readonly Option[],
): void {
  const known = [...general, ...own];
  const extra = Object.keys(values).find(
    (name) => !known.includes(name as Option),
  );
  if (extra !== undefined)
    throw new Failure(exit.usage, `consume ${broker} takes no --${extra}`);
}

/** It is a name of a file, too. */
function named(name: string | undefined, option: string): string {
  if (name !== undefined && /^[\w][\w.-]{0,99}$/.test(name)) return name;
  throw new Failure(
    exit.usage,
    `${option} takes a name for this consumer alone: letters, digits, - _ and .`,
  );
}
