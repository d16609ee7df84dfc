/**
 * Runs every `*.bench.ts` beside this file, one after the other, and prints what each found.
 * Arguments choose: `node bench/main.ts explosion`. Whatever a bench made is gone afterwards.
 */
import { readdirSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { type Result, table } from "./table.ts";

const SUFFIX = ".bench.ts";

/** A benchmark has one table, or several that come one after the other. */
type Bench = () => Promise<Result> | AsyncGenerator<Result>;

const wanted = process.argv.slice(2);
const all = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(SUFFIX))
  .map((name) => name.slice(0, -SUFFIX.length))
  .sort();
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(", ")}; there are ${all.join(", ")}`);
  process.exit(64);
}

process.stdout.write(
  `Node ${process.version}, ${availableParallelism()} processors, load ${loadavg()[0]?.toFixed(2)} before; medians of rounds in turn\n\n`,
);
for (const name of wanted.length === 0 ? all : wanted) {
  const module = (await import(`./${name}${SUFFIX}`)) as { bench: Bench };
  const results = module.bench();
  if ("then" in results) show(await results);
  else for await (const result of results) show(result);
}
// Nothing that is left open keeps it; what was made is cleared away.
process.exit();

function show(result: Result): void {
  process.stdout.write(`${table(result)}\n`);
}
