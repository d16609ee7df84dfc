/**
 * Runs every `*.bench.ts` beside this file, one after the other, and prints what each found.
 * Arguments choose: `node bench/main.ts smtp`.
 */
import { readdirSync } from "node:fs";
import { type Result, table } from "./table.ts";

const SUFFIX = ".bench.ts";

const wanted = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(SUFFIX))
  .map((name) => name.slice(0, -SUFFIX.length))
  .filter((name) => wanted.length === 0 || wanted.includes(name))
  .sort();

for (const name of names) {
  const module = (await import(`./${name}${SUFFIX}`)) as {
    bench: () => Promise<Result>;
  };
  process.stdout.write(`${table(await module.bench())}\n`);
}
