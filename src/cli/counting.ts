/**
 * Counts for `listmill hooks --stats` what a runner's hooks did. A crash loses the last seconds.
 */
import type { Log } from "../base/log.ts";
import type { Report } from "../engine/asker.ts";
import type { Site } from "../lists/settings.ts";
import { placeOf } from "../lists/state.ts";
import { type Outcome, Tally } from "../state/tally.ts";

/** Milliseconds between two looks at what is to be written. */
const PACE = 5000;

export interface Counting {
  readonly witness: (report: Report) => void;
  /** Writes what is left. */
  stop(): void;
}

/** @param name the runner's, for the log */
export function counting(site: Site, name: string, log: Log): Counting {
  const tally = new Tally(placeOf(site), (text) => log(name, text));
  const timer = setInterval(() => tally.flush(), PACE).unref();
  return {
    witness: (report) =>
      tally.count({
        hook: report.hook.path,
        list: report.list,
        observed: report.observed,
        outcome: outcomeOf(report, site.hooks.timeout),
        milliseconds: report.milliseconds,
      }),
    stop() {
      clearInterval(timer);
      tally.close();
    },
  };
}

/** @param timeout milliseconds */
function outcomeOf(report: Report, timeout: number): Outcome {
  const { kind } = report.verdict;
  // A delivery takes as long as its pace wants.
  const isLate =
    report.milliseconds >= timeout && report.stage.verb !== "deliver";
  return kind === "later" && isLate ? "timeout" : kind;
}
