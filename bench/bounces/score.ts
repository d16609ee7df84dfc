/**
 * `npm run score:bounces`: how well reports are read, by source. `--misses` names every one that is
 * read otherwise than the corpus says, `--json` gives all as JSON.
 */
import { type Measure, type Outcome, outcomes } from "./corpus.ts";

const measures: readonly Measure[] = ["recipients", "class", "negative"];
const wantsMisses = process.argv.includes("--misses");
const wantsJson = process.argv.includes("--json");

const all: Outcome[] = [];
for await (const outcome of outcomes()) all.push(outcome);

function counts(some: readonly Outcome[]) {
  return Object.fromEntries(
    measures.map((measure) => {
      const of = some.filter((outcome) => outcome.measure === measure);
      const right = of.filter(({ isRight }) => isRight).length;
      return [measure, { right, all: of.length }];
    }),
  );
}

function cells(some: readonly Outcome[]): string[] {
  return measures.map((measure) => {
    const of = some.filter((outcome) => outcome.measure === measure);
    if (of.length === 0) return "-";
    const right = of.filter(({ isRight }) => isRight).length;
    const share = ((100 * right) / of.length).toFixed(1);
    return `${right}/${of.length} ${share}%`;
  });
}

function line(name: string, columns: readonly string[]): string {
  return `${name.padEnd(24)}${columns.map((column) => column.padStart(17)).join("")}`;
}

if (wantsJson) {
  const bySource = Object.groupBy(all, ({ source }) => source);
  const sources = Object.fromEntries(
    Object.entries(bySource).map(([name, some = []]) => [name, counts(some)]),
  );
  const misses = all.filter(({ isRight }) => !isRight);
  console.log(
    JSON.stringify({ totals: counts(all), sources, misses }, null, 2),
  );
} else {
  console.log(line("", measures));
  for (const source of new Set(all.map(({ source }) => source)))
    console.log(
      line(source, cells(all.filter((outcome) => outcome.source === source))),
    );
  console.log(line("all", cells(all)));
  if (wantsMisses)
    for (const { isRight, measure, path, wanted, got, reason } of all)
      if (!isRight)
        console.log(
          `${measure} ${path}: ${wanted} <> ${got}${reason === undefined ? "" : ` (${reason})`}`,
        );
}
