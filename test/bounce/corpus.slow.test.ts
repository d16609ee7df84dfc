// Real reports of all kinds, as tables of other programs say what they mean. What is read otherwise
// and why stands in bench/bounces/misses.ts.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import {
  corpus,
  type Outcome,
  outcomes,
  read,
} from "../../bench/bounces/corpus.ts";

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

t.test("ordinary mail is no bounce", { skip }, async (t) => {
  const taken: string[] = [];
  let count = 0;
  for (const folder of ["messages", "lists"])
    for (const entry of readdirSync(join(corpus, folder), {
      recursive: true,
      withFileTypes: true,
    })) {
      if (!entry.isFile() || /\.(json|xml|png|yml|dat|html)$/.test(entry.name))
        continue;
      count += 1;
      const path = join(entry.parentPath, entry.name);
      const report = await read(path);
      if (report.kind !== "unrecognised") taken.push(`${report.kind} ${path}`);
    }
  t.ok(count > 1000, `${count} messages`);
  // Lists have let bounces through now and then.
  for (const one of taken) t.comment(one);
  t.ok(taken.length / count < 0.005);
});
