/**
 * The report of an import: what became of the list, its members, and every setting.
 */
import { exit } from "../../base/errors.ts";
import { plural } from "../../base/log.ts";
import { fitted } from "../../transfer/fit.ts";
import type { Found } from "../../transfer/found.ts";
import { keptRows, lostLines, wrapped } from "../../transfer/report.ts";
import type { Context } from "../context.ts";
import { names } from "./steps.ts";

/** What came of it, for the report. */
export interface Outcome {
  readonly dryRun?: true;
  readonly made?: string;
  readonly dir?: string;
  readonly members: {
    readonly found?: number;
    readonly added?: number;
    readonly changed?: number;
    readonly present?: number;
    readonly refusals: number;
    /** The first of them. */
    readonly refused: readonly {
      where: string;
      address: string;
      why: string;
    }[];
  };
  readonly suppressed?: { added: number; changed: number; present: number };
  readonly texts?: readonly string[];
}

/** Prints it. @returns the exit code */
export function tell(
  context: Context,
  manager: string,
  path: string,
  found: Found,
  outcome: Outcome,
): number {
  const fit = fitted(found, names);
  const { lost } = fit;
  const { refused, refusals, found: there, ...counts } = outcome.members;
  if (context.json) {
    const { members: __, kept: ___, lost: ____, texts: _____, ...rest } = found;
    context.say(
      JSON.stringify(
        {
          manager,
          path,
          list: found.address,
          ...(outcome.dryRun
            ? { dryRun: true }
            : { made: outcome.made, dir: outcome.dir }),
          ...rest,
          settings: Object.fromEntries(fit.settings),
          members: {
            ...(there === undefined ? {} : { found: there }),
            ...counts,
            refusals,
            refused,
          },
          suppressed: outcome.suppressed ?? found.suppressed,
          texts:
            outcome.texts ??
            fit.texts.map(({ name, language }) => `${language}/${name}`),
          kept: fit.kept,
          lost,
        },
        undefined,
        1,
      ),
    );
  } else {
    const how = outcome.dryRun ? "would be made" : (outcome.made ?? "");
    context.say(`${found.address}: ${how}, from ${manager} in ${path}`);
    context.say(
      there === undefined
        ? `members: ${counts.added} added, ${counts.changed} changed, ${counts.present} there already, ${refusals} refused`
        : `members: ${there} found, ${refusals} refused`,
    );
    if (found.suppressed.length > 0)
      context.say(
        `suppressed: ${plural(found.suppressed.length, "address", "addresses")}`,
      );
    if (found.archive !== undefined)
      context.say(`its archive stays where it is: ${found.archive}`);
    context.say("\nKept:\n");
    context.table(["setting", "value", "becomes"], keptRows(fit.kept));
    if (lost.length > 0) {
      context.say("\nLost:\n");
      for (const line of lostLines(lost)) context.say(line);
    }
    const idle = [...new Set(found.moot.map(({ setting }) => setting))];
    if (idle.length > 0)
      context.say(
        `\nNothing is lost by ${idle.length} more (--json has the reasons):\n\n${wrapped(idle)}`,
      );
  }
  for (const { where, address, why } of refused)
    process.stderr.write(`listmill: ${where}: ${address}: ${why}\n`);
  if (refusals > refused.length)
    process.stderr.write(
      `listmill: … and ${refusals - refused.length} more members\n`,
    );
  return refusals > 0 ? exit.dataError : exit.ok;
}
