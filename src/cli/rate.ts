/**
 * listmill rate: how fast mail leaves, changed while runners run.
 */
import { exit, Failure } from "../base/errors.ts";
import { oneLine, plural } from "../base/log.ts";
import { outbound } from "../engine/aftermath.ts";
import {
  MOST,
  readOrder,
  removeOrder,
  writeOrder,
} from "../outbound/pace/orders.ts";
import { type Context, parse, type Verb } from "./context.ts";

const verb: Verb = {
  usage: `\
rate
    How many messages a minute a runner may send from outbound: what the settings say, and what was
    ordered since when.
rate outbound N
    At most N messages a minute and runner from now on (0: no limit), on all hosts, until it is
    ordered otherwise. Runners follow at their next scan. Other limits hold all the same.
rate outbound default
    As the settings say.`,
  async run(context, args) {
    const [queue = outbound, order] = parse(args, {}, 2).positionals;
    mustDeliver(queue);
    if (order === undefined) return show(context, queue);
    const { spool, clock } = context;
    spool.make(queue);
    if (order === "default") await removeOrder(spool, queue);
    else
      await writeOrder(spool, queue, {
        rate: rateOf(order),
        at: clock.now(),
      });
    if (context.json) return show(context, queue);
    const { rate } = rowOf(context, queue);
    const why = order === "default" ? ", as the settings say" : "";
    context.say(
      `${queue}: ${sentence(rate)}${why}; runners follow within ${plural(context.site.runner.scan / 1000, "second", "seconds")}`,
    );
    return exit.ok;
  },
};
export default verb;

interface Row {
  readonly queue: string;
  /** What holds, in messages a minute and runner; 0: no limit. */
  readonly rate: number;
  readonly settings: number;
  readonly ordered: number | null;
  readonly since: string | null;
}

function show(context: Context, queue: string): number {
  const rows = [rowOf(context, queue)];
  const word = (rate: number | null) => (rate === 0 ? "no limit" : rate);
  context.table(
    ["queue", "rate", "settings", "ordered", "since"],
    context.json
      ? rows.map((row) => ({ ...row }))
      : rows.map(({ queue, rate, settings, ordered, since }) => ({
          queue,
          rate: word(rate),
          settings: word(settings),
          ordered: word(ordered),
          since,
        })),
  );
  return exit.ok;
}

function rowOf(context: Context, queue: string): Row {
  const settings = context.site.outbound.rate;
  const found = readOrder(context.spool, queue);
  switch (found.kind) {
    case "none":
      return { queue, rate: settings, settings, ordered: null, since: null };
    case "order": {
      const { rate, at } = found.order;
      const since = new Date(at).toISOString();
      return { queue, rate, settings, ordered: rate, since };
    }
    case "unreadable":
      throw new Failure(
        exit.dataError,
        `${found.path}: no order, runners keep to what they had; give it anew with: listmill rate ${queue} N`,
      );
  }
}

function sentence(rate: number): string {
  return rate === 0
    ? "no limit of a runner"
    : `at most ${plural(rate, "message", "messages")} a minute and runner`;
}

/** Refuses other queues: runners look at no orders of theirs. */
function mustDeliver(queue: string): void {
  if (queue === outbound) return;
  throw new Failure(
    exit.usage,
    `"${oneLine(queue, 80)}" has no rate that can be ordered, only ${outbound} has; how many of its entries are worked on at once says: listmill run QUEUE --jobs N`,
  );
}

function rateOf(text: string): number {
  const rate = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (rate <= MOST) return rate;
  throw new Failure(
    exit.usage,
    `"${oneLine(text, 80)}" is no rate: give messages a minute, 0 to ${MOST} (0: no limit), or default`,
  );
}
