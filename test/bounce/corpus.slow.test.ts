// Real reports of all kinds, as tables of other programs say what they mean. What is read otherwise
// and why stands in bench/bounces/misses.ts.
import { existsSync } from "node:fs";
import t from "tap";
import { corpus, type Outcome, outcomes } from "../../bench/bounces/corpus.ts";

const skip = existsSync(corpus) ? false : `no corpus: ${corpus}`;

t.test("reports are read as their tables say", { skip }, async (t) => {
  const all: Outcome[] = [];
  for await (const outcome of outcomes()) all.push(outcome);
  const of = (measure: Outcome["measure"]) =>
    all.filter((outcome) => outcome.measure === measure);
  for (const measure of ["recipients", "class"] as const) {
    const rows = of(measure);
    t.ok(rows.length > 500, `${rows.length} rows state ${measure}`);
    const right = rows.filter(({ isRight }) => isRight).length;
    t.comment(`${measure}: ${right} of ${rows.length}`);
    t.ok(right / rows.length >= 0.97, measure);
  }
  const taken = of("negative").filter(({ isRight }) => !isRight);
  t.ok(of("negative").length > 50);
  t.same(
    taken.filter(({ reason }) => reason === undefined),
    [],
  );
  const late = of("delay").filter(({ isRight }) => !isRight);
  t.same(late, []);
});

t.test("each family is read", { skip }, async (t) => {
  const families = new Map<string, { all: number; right: number }>();
  for await (const { family, measure, isRight, reason } of outcomes()) {
    if (measure !== "recipients" || reason !== undefined) continue;
    const known = families.get(family) ?? { all: 0, right: 0 };
    known.all += 1;
    if (isRight) known.right += 1;
    families.set(family, known);
  }
  for (const [family, { all, right }] of families) {
    t.comment(`${family}: ${right} of ${all}`);
    t.equal(right, all, family);
  }
  t.ok(families.size > 25);
});
