/**
 * Runs scenarios as tests: each holds whatever the order and whatever befalls.
 */
import t from "tap";
import { Apart, type ScopeName } from "./apart.ts";
import { show } from "./explorer.ts";
import { scopes } from "./scopes.ts";

export function testAll(scope: ScopeName): void {
  t.setTimeout(1_800_000);
  const apart = new Apart();
  for (const name of Object.keys(scopes[scope]))
    t.test(name, async (t) => {
      const found = await apart.explore(scope, name);
      const { states, steps, runs, ends, problem } = found;
      t.equal(problem?.reason, undefined, show(found));
      t.ok(
        ends > 0,
        `${states} states, ${steps} steps, ${ends} ends, ${runs} runs of the code`,
      );
    });
}
