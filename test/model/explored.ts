/**
 * Runs scenarios as tests: each holds whatever the order and whatever befalls.
 */
import t from "tap";
import { show } from "./explorer.ts";
import { explore, type Scenario } from "./scenario.ts";

export function testAll(scope: Readonly<Record<string, Scenario>>): void {
  t.setTimeout(1_800_000);
  for (const [name, scenario] of Object.entries(scope))
    t.test(name, async (t) => {
      const found = await explore(scenario);
      const { states, steps, runs, ends, problem } = found;
      t.equal(problem?.reason, undefined, show(found));
      t.ok(
        ends > 0,
        `${states} states, ${steps} steps, ${ends} ends, ${runs} runs of the code`,
      );
    });
}
