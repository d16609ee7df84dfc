/**
 * The settings of message queues that get posts and events: [archive.NAME], a section each. Pure.
 */
import { z } from "zod";
import {
  choice,
  count,
  duration,
  size,
  textLike,
} from "../../base/settings.ts";
import { fitting, type Wrong } from "./fitting.ts";
import { isServer, line, lists, note, path } from "./words.ts";

/** Most bytes of a message that stands in an envelope: in base64, with its header, RabbitMQ 4 takes it, up to 16 MiB. */
const MOST = 10 * 2 ** 20;

const inline = () =>
  note(
    size().prefault("1MB"),
    "Largest message that stands in the envelope itself; of a larger one it has the place in the archive (docs/brokers.md).",
  );

const timeout = () =>
  note(
    duration("50s").prefault("30s"),
    "Longest wait for an answer; then it counts as away.",
  );

const server = (
  schemes: readonly [string, string],
  example: string,
  about: string,
) =>
  note(
    textLike(
      `${example} or ${schemes[1]}//host:port, without a name and password`,
      (value) => isServer(value, schemes),
    ),
    about,
  );

const user = (without: string) =>
  note(line().optional(), "Name for the login.", { without });

const passwordFile = () =>
  note(path().optional(), "File whose first line is the password.", {
    without: "no password of its own",
    secret: true,
  });

const caFile = (scheme: string) =>
  note(
    path().optional(),
    `Certificates that the server's must be signed by (PEM), for ${scheme}//.`,
    { without: "those that the system trusts" },
  );

function* tooLarge(section: { readonly inline: number }): Generator<Wrong> {
  if (section.inline > MOST)
    yield ["inline", 'must be at most "10MB": brokers take no larger messages'];
}

function* wrongInLogin(section: {
  readonly inline: number;
  readonly user?: string | undefined;
  readonly password_file?: string | undefined;
}): Generator<Wrong> {
  yield* tooLarge(section);
  if (section.user !== undefined && section.password_file === undefined)
    yield ["password_file", "is missing: a user has a password"];
}

function* wrongInAmqp(
  section: Parameters<typeof wrongInLogin>[0],
): Generator<Wrong> {
  yield* wrongInLogin(section);
  if (section.user === undefined && section.password_file !== undefined)
    yield ["user", "is missing: whose password is it?"];
}

/** [archive.amqp] */
export const amqp = fitting(
  z.strictObject({
    url: server(["amqp:", "amqps:"], "amqp://host:port", "The broker."),
    vhost: note(line().prefault("/"), "Its virtual host."),
    user: user("guest, which RabbitMQ lets in from its own host"),
    password_file: passwordFile(),
    ca_file: caFile("amqps:"),
    exchange: note(
      textLike("a name of 1 to 255 letters, digits and - _ . :", (value) =>
        /^[\w.:-]{1,255}$/.test(value),
      ).prefault("listmill"),
      "The topic exchange that messages go to; it is made, durable, where it is missing.",
    ),
    mandatory: note(
      choice("posts", "all", "none").prefault("posts"),
      "What waits where no queue is bound for it: posts, or events too; else it is dropped.",
    ),
    inline: inline(),
    timeout: timeout(),
    lists: lists("posts and events"),
  }),
  wrongInAmqp,
);

/** [archive.redis] */
export const redis = fitting(
  z.strictObject({
    url: server(["redis:", "rediss:"], "redis://host:port", "The server."),
    database: note(
      count(0, 1_000_000).prefault(0),
      "The number of a database.",
    ),
    user: user("the default user"),
    password_file: passwordFile(),
    ca_file: caFile("rediss:"),
    stream: note(
      textLike("a name without blanks, up to 255 characters", (value) =>
        /^[!-~]{1,255}$/.test(value),
      ).prefault("listmill"),
      "The key of the stream.",
    ),
    keep: note(
      count(0, 1e12).prefault(1_000_000),
      "About so many of the newest entries stay in it; 0: all. What a consumer has not read by then it never gets.",
    ),
    replicas: note(
      count(0, 100).prefault(0),
      "Replicas that must have it too (WAIT).",
    ),
    inline: inline(),
    timeout: timeout(),
    lists: lists("posts and events"),
  }),
  wrongInLogin,
);

const isEndpoint = (value: string) => {
  if (value.length > 500) return false;
  const [, port] =
    /^tcp:\/\/(?:\[[0-9a-f:.]+\]|[^\s:/]+):(\d{1,5})$/i.exec(value) ?? [];
  return port === undefined
    ? /^ipc:\/\/[!-~]+$/.test(value)
    : Number(port) > 0 && Number(port) < 65_536;
};

const endpoint = () =>
  textLike('"tcp://host:port" or "ipc:///path/of/a/socket"', isEndpoint);

/** [archive.zeromq] */
export const zeromq = fitting(
  z.strictObject({
    endpoint: note(
      endpoint(),
      "Where the consumer answers requests (a REP socket that it binds).",
    ),
    notice: note(
      endpoint().optional(),
      "Where subscribers are told of each message, without a promise (a SUB socket that they bind).",
      { without: "nobody is told" },
    ),
    inline: inline(),
    timeout: timeout(),
    lists: lists("posts and events"),
  }),
  tooLarge,
);

export type AmqpSettings = z.output<typeof amqp>;
export type RedisSettings = z.output<typeof redis>;
export type ZeromqSettings = z.output<typeof zeromq>;

export const brokers = {
  amqp: note(
    amqp.optional(),
    "RabbitMQ, or what else speaks AMQP 0-9-1, gets posts and events.",
    { without: "it gets nothing" },
  ),
  redis: note(redis.optional(), "A stream of Redis gets posts and events.", {
    without: "it gets nothing",
  }),
  zeromq: note(
    zeromq.optional(),
    "A program that answers by ZeroMQ gets posts and events.",
    { without: "it gets nothing" },
  ),
};
