// The model can fail: each thing that is broken on purpose is found, with a schedule that shows it.
import t from "tap";
import { show } from "./explorer.ts";
import { mutants } from "./mutants.ts";
import { explore, type Scenario } from "./scenario.ts";
import { quick } from "./scopes.ts";

t.setTimeout(300_000);

for (const [name, { scenario, finds, ...mutant }] of Object.entries(mutants))
  t.test(`found: ${name}`, async (t) => {
    const found = await explore(quick[scenario] as Scenario, mutant);
    t.match(found.problem?.reason, finds);
    t.comment(show(found));
  });

t.test("a mutant of what is not there is none", async (t) => {
  const mutant = { file: "nfs.ts", from: "no such words", to: "" };
  await t.rejects(
    explore(quick["two runners turn two entries"] as Scenario, mutant),
    /has no single "no such words"/,
  );
});
