/**
 * Allots numbers, for sequence.test.ts: `allotting.ts FOLDER PREFIX FIRST LAST` gives a file
 * of its own to each of the ids <PREFIX><FIRST> to <PREFIX><LAST> and prints `<id> <number>`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allot } from "../../src/lists/sequence.ts";

const [folder = "", prefix = "", first, last] = process.argv.slice(2);
const drafts = join(folder, "drafts", String(process.pid));
mkdirSync(drafts, { recursive: true });

for (let n = Number(first); n <= Number(last); n++) {
  const file = join(drafts, String(n));
  writeFileSync(file, `${prefix}${n}`);
  const { number } = await allot(folder, file, `${prefix}${n}`);
  process.stdout.write(`${prefix}${n} ${number}\n`);
}
