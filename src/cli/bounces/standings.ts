/** `bounces LIST`: how those stand whose mail comes back. */

import { exit } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";
import { quietUntil, scoresOf } from "../../bounce/judge/judge.ts";
import { standingOf } from "../../bounce/judge/silence.ts";
import { stateOf } from "../../lists/state.ts";
import { keyOf } from "../../mail/address.ts";
import type { Probe } from "../../state/probes.ts";
import type { Context } from "../context.ts";

export async function standings(
  context: Context,
  typed: string,
): Promise<number> {
  const { site } = context;
  const list = context.list(typed);
  const name = keyOf(list.address);
  const now = context.clock.now();
  const { bounces, probes } = await stateOf(site.home);
  const trials = new Map<string, Probe>();
  for await (const one of probes.all(name)) {
    const whom = { home: site.home, list, address: one.address };
    // Somebody may have let mail go there again.
    if (one.ended === "" && (await standingOf(whom, false)) === "ours")
      trials.set(one.key, one);
  }
  const rows: Row[] = [];
  const since = now - site.bounces.keep;
  for await (const keys of bounces.keys(name, since))
    for (const [key, standing] of await scoresOf({ site, list, now }, keys)) {
      const { score, days, posts, last, isReached } = standing;
      const trial = trials.get(key);
      trials.delete(key);
      if (!last && !trial) continue;
      rows.push({
        score,
        address: trial?.address ?? last?.address ?? "",
        days,
        posts,
        last: last ? new Date(last.at).toISOString() : "",
        state: trial ? trialOf(trial) : isReached ? "reached" : "",
        reason: last?.detail || last?.reason || trial?.reason || "",
      });
    }
  for (const trial of trials.values())
    rows.push({
      ...{ score: 0, days: 0, posts: 0, last: "", reason: trial.reason },
      ...{ address: trial.address, state: trialOf(trial) },
    });
  rows.sort((a, b) => b.score - a.score || (a.address < b.address ? -1 : 1));
  if (!context.json) {
    const until = await quietUntil({ site, list, now });
    if (until !== undefined) context.say(until);
  }
  if (context.json) context.say(JSON.stringify(rows, undefined, 1));
  else if (rows.length === 0) context.say("nothing came back");
  else
    context.table(
      columns,
      rows.map(({ score, last, reason, ...row }) => ({
        ...row,
        score: score.toFixed(1),
        last: last.slice(0, 10),
        reason: oneLine(reason, 80),
      })),
    );
  return exit.ok;
}

const columns = [
  "score",
  "days",
  "posts",
  "last",
  "state",
  "address",
  "reason",
] as const;

type Row = {
  readonly score: number;
  readonly days: number;
  readonly posts: number;
} & Readonly<Record<"last" | "state" | "address" | "reason", string>>;

function trialOf({ sent, failed }: Probe): string {
  return `suspended, trial ${sent}${failed >= sent ? " came back" : ""}`;
}
