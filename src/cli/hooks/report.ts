/**
 * listmill hooks --stats and hooks report: what hooks did on this host, as runners have counted it.
 */
import { exit, Failure } from "../../base/errors.ts";
import { placeOf } from "../../lists/state.ts";
import { type Account, accounts, forget } from "../../state/accounts.ts";
import { openCounts } from "../../state/local.ts";
import { outcomes } from "../../state/tally.ts";
import { type Context, parse } from "../context.ts";
import { time } from "./shown.ts";

export const usage = `\
hooks --stats [--list ADDRESS] [--reset]
    How often each hook ran on this host, what it said, its median and its longest time. Slow ones,
    with a median over a second or a time-out, are marked. --reset forgets all that was counted.
hooks report [--list ADDRESS] [--reset]
    The same for hooks that are only observed: what they would have done.`;

/** Milliseconds of a median that make a hook slow. */
const SLOW = 1000;

/** What hooks did that are acted on. */
export function stats(
  context: Context,
  args: readonly string[],
): Promise<number> {
  return tell(context, args, false);
}

/** What hooks would have done that are observed. */
export function run(
  context: Context,
  args: readonly string[],
): Promise<number> {
  return tell(context, args, true);
}

async function tell(
  context: Context,
  args: readonly string[],
  observed: boolean,
): Promise<number> {
  const { values, positionals } = parse(args, {
    stats: { type: "boolean", default: false },
    list: { type: "string" },
    reset: { type: "boolean", default: false },
  });
  if (positionals.length > 0)
    throw new Failure(
      exit.usage,
      `${observed ? "hooks report" : "hooks --stats"} is about all hooks; --list chooses a list`,
    );
  const list =
    values.list === undefined ? undefined : context.list(values.list).address;
  const { db, close } = openCounts(placeOf(context.site));
  try {
    if (values.reset) {
      const runs = forget(db, observed, list);
      context.say(
        context.json
          ? JSON.stringify({ forgot: runs })
          : `forgot ${runs} ${runs === 1 ? "run" : "runs"}`,
      );
      return exit.ok;
    }
    const rows = accounts(db, list).filter((it) => it.observed === observed);
    if (context.json)
      context.say(JSON.stringify(rows.map(asJson), undefined, 1));
    else if (rows.length === 0)
      context.say(
        observed
          ? "no observed hook has run yet (observe = [...] in the settings names them)"
          : "no hook was counted yet: a runner counts, every few seconds",
      );
    else context.table(head(rows), rows.map(asRow));
    return exit.ok;
  } finally {
    close();
  }
}

function isSlow({ median, counts }: Account): boolean {
  return median > SLOW || counts.timeout > 0;
}

function asJson(account: Account): object {
  const { observed: _, ...rest } = account;
  return { ...rest, slow: isSlow(account) };
}

/** Only what happened is worth a column. */
function head(rows: readonly Account[]): string[] {
  const happened = outcomes.filter(
    (outcome) =>
      outcome === "pass" || rows.some(({ counts }) => counts[outcome] > 0),
  );
  const marks = rows.some(isSlow) ? [""] : [];
  return ["hook", "runs", ...happened, "median", "worst", ...marks];
}

function asRow(account: Account): Record<string, unknown> {
  const { hook, runs, counts, median, worst } = account;
  return {
    hook,
    runs,
    ...counts,
    median: time(median),
    worst: time(worst),
    "": isSlow(account) ? "slow" : "",
  };
}
