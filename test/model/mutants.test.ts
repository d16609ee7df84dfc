// The model can fail: each thing that is broken on purpose is found, with a schedule that shows it.
import t from "tap";
import { Apart } from "./apart.ts";
import { show } from "./explorer.ts";
import { mutants } from "./mutants.ts";

t.setTimeout(300_000);
const apart = new Apart();

for (const [name, { scenario, finds, ...mutant }] of Object.entries(mutants))
  t.test(`found: ${name}`, async (t) => {
    const found = await apart.explore("quick", scenario, mutant);
    t.match(found.problem?.reason, finds);
    t.comment(show(found));
  });

t.test("a mutant of what is not there is none", async (t) => {
  const mutant = { file: "nfs.ts", from: "no such words", to: "" };
  await t.rejects(
    apart.explore("quick", "two runners turn two entries", mutant),
    /has no single "no such words"/,
  );
});
