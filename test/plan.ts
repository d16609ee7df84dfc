/**
 * Which test files run, in which order, and which of them share a process.
 */
import { globSync, readFileSync } from "node:fs";

/** What takes a minute and more: begun last, it would be waited for at the end. */
const longest = [
  "test/road/nfs.test.ts",
  "test/road/crash.test.ts",
  "test/model/explorer.slow.test.ts",
];

/** Files of a batch: loading takes most of their time, so a batch takes a second or two. */
const together = 12;

/**
 * What a file that has a process to itself says: folders, hooks and settings of all its tests, and
 * what changes or measures the process.
 */
const alone =
  /^((const|let) .*= )?t\.(testdir|before|after|beforeEach|afterEach|teardown|jobs|setTimeout)|process\.(env|chdir|exit|umask|on|set|argv|kill)|resourceUsage|memoryUsage|globalThis/m;

const isRoad = (file: string) => file.startsWith("test/road/");
/** Whether it is not among the tests of `make check`. */
export const isSlow = (file: string) =>
  isRoad(file) || file.endsWith(".slow.test.ts");

/** Less is earlier. */
function rank(file: string): number {
  const at = longest.indexOf(file);
  if (at !== -1) return at - longest.length;
  return isRoad(file) ? 0 : isSlow(file) ? 1 : 2;
}

/**
 * @param words `fast`, `slow`, `all`, or files
 * @returns the files of each process; those that take longest first
 */
export function plan(words: readonly string[]): string[][] {
  const files = chosen(words).sort((a, b) => rank(a) - rank(b));
  const single = files.filter((file) => isSlow(file) || isAlone(file));
  const shared = files.filter((file) => !single.includes(file));
  const batches = single.map((file) => [file]);
  while (shared.length > 0) batches.push(shared.splice(0, together));
  return batches;
}

function chosen(words: readonly string[]): string[] {
  const all = globSync("test/**/*.test.ts").sort();
  const [word] = words;
  if (word === "all") return all;
  if (word === "fast") return all.filter((file) => !isSlow(file));
  if (word === "slow") return all.filter(isSlow);
  return [...words];
}

const isAlone = (file: string) => alone.test(readFileSync(file, "utf8"));
