/**
 * listmill consume: a consumer of posts and events, on any host; a home is not needed.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { stderrLog } from "../base/log.ts";
import { milliseconds } from "../base/units.ts";
import { consume } from "../brokers/kit/consume.ts";
import type { Inlet, Wishes } from "../brokers/kit/inlet.ts";
import { type Waits, Work } from "../brokers/kit/work.ts";
import { Done } from "../state/done.ts";
import { type Given, inlets, options } from "./consume/inlets.ts";
import { type Context, parse, type Verb, wholeNumber } from "./context.ts";

/** Milliseconds: the longest wait before a new try. */
const LONGEST = 5 * 60_000;

const verb: Verb = {
  usage: `\
consume amqp --queue NAME [--url URL] [--exchange NAME] [--bind PATTERN]... --exec PROGRAM [ARG...]
consume redis --group NAME [--url URL] [--stream NAME] [--consumer NAME] --exec PROGRAM [ARG...]
consume zeromq [--endpoint ENDPOINT] [--group NAME] --exec PROGRAM [ARG...]
    Starts the program for each post and event that a broker brings: the message on its stdin (of an event
    the JSON; with --json the whole envelope of both), LISTMILL_ID, _KIND, _LIST, _NUMBER, _MESSAGE_ID,
    _HASH, _PERMALINK in its environment. Exit code 0: done; 77: laid aside; anything else: again later.
    Where there is a home its [archive.NAME] is the default. --bind '#.post', once or more, chooses;
    --prefetch N runs so many at once (1); --state FILE remembers what is done; --archive DIR is where
    large posts lie; --timeout 10m and --wait 1s: of the program, and before the first new try;
    --until-empty ends where nothing is left; --user, --password-file, --ca-file, --vhost, --database.`,
  async run(context, args) {
    const { mine, command } = divided(args);
    const { values, positionals } = parse(mine, options, 1);
    const inlet = inlets[`${positionals[0]}`];
    if (!inlet)
      throw new Failure(
        exit.usage,
        `consume takes ${Object.keys(inlets).join(", ")}; see: listmill help consume`,
      );
    if (command.length === 0)
      throw new Failure(
        exit.usage,
        "consume takes --exec PROGRAM [ARG...] at its end: the program that gets each message",
      );
    const home = existsSync(join(context.home, "listmill.toml"))
      ? context.site.home
      : undefined;
    const given: Given = {
      values,
      // Where there is no home, paths start where we are.
      home: home ?? resolve("."),
      archive: home === undefined ? {} : context.site.archive,
      left: duration(values, "timeout", "10m") + waitsOf(values).most + 60_000,
      now: () => context.clock.now(),
    };
    const { name, origin, place, open } = inlet(given);
    const whole = `${positionals[0]}-${name}`;
    const file = values.state ?? stateOf(home, whole, origin);
    const plan = { name: whole, file, place, open, home, command, values };
    return run(context, plan);
  },
};
export default verb;

interface Plan {
  readonly name: string;
  /** That remembers what is done. */
  readonly file: string;
  /** For the log. */
  readonly place: string;
  open(wishes: Wishes): Promise<Inlet>;
  readonly home: string | undefined;
  readonly command: readonly string[];
  readonly values: Given["values"];
}

async function run(context: Context, plan: Plan): Promise<number> {
  const { name, file, place, open, home, command, values } = plan;
  const log = (text: string) => stderrLog(`consume ${name}`, text);
  const archive = values.archive ?? (home && join(home, "archive"));
  const done = new Done(resolve(file));
  const orders = {
    command,
    whole: context.json,
    archive: archive && resolve(archive),
    timeout: duration(values, "timeout", "10m"),
    waits: waitsOf(values),
  };
  const work = new Work(orders, done, context.clock, log);
  const ending = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => ending.abort());
  log(`takes from ${place}, remembers in ${file}`);
  try {
    await consume({
      open,
      handle: (delivery) => work.handle(delivery),
      prefetch: prefetchOf(values),
      untilEmpty: values["until-empty"] ?? false,
      signal: ending.signal,
      log,
    });
  } finally {
    done.close();
  }
  log("stopped");
  return exit.ok;
}

/** All that stands behind --exec is the program's. */
function divided(args: readonly string[]) {
  const at = args.indexOf("--exec");
  return at < 0
    ? { mine: args, command: [] }
    : { mine: args.slice(0, at), command: args.slice(at + 1) };
}

/** Two that take from different places share nothing, for they may have the same names. */
function stateOf(
  home: string | undefined,
  name: string,
  origin: string,
): string {
  const hash = createHash("sha256").update(origin).digest("hex").slice(0, 8);
  return home === undefined
    ? `listmill-consume-${name}-${hash}.db`
    : join(home, "state", `consume-${name}-${hash}.db`);
}

function waitsOf(values: Given["values"]): Waits {
  const first = duration(values, "wait", "1s");
  return { first, most: Math.max(first, LONGEST) };
}

function prefetchOf({ prefetch = "1" }: Given["values"]): number {
  const found = wholeNumber(prefetch, "--prefetch");
  if (found >= 1 && found <= 100) return found;
  throw new Failure(exit.usage, "--prefetch takes a number from 1 to 100");
}

function duration(
  values: Given["values"],
  option: "timeout" | "wait",
  without: string,
): number {
  const found = milliseconds(values[option] ?? without);
  // The broker takes back what nobody has acknowledged for half an hour.
  if (found !== undefined && found <= 20 * 60_000) return found;
  throw new Failure(
    exit.usage,
    `--${option} takes a duration such as "30s", up to "20m"`,
  );
}
