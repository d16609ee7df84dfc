/**
 * Runs tests: `node test/run.ts fast` those of `make check`, `slow` the others, `all`, or the files
 * that are named. They run as programs of their own, without what tap's runner loads into them and
 * into every Node that they start, which takes as long as the tests.
 * Prints what fails, how long the longest took, and the sum.
 */
import { spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { isSlow, plan } from "./plan.ts";

/** Where tests make their files: in memory, which takes half of the system's time. */
const fixtures = ".tap/fixtures";
const preload = import.meta.resolve("./withoutDomains.ts");
/** Seconds for a test. A busy machine is slow, not broken: most tests wait for real processes. */
const patience = 600;
/** Seconds after which a program is ended that does not end by itself. */
const most = 900;

function inMemory(): string | undefined {
  try {
    const folder = mkdtempSync("/dev/shm/listmill-tests-");
    // Other accounts look into some of them.
    chmodSync(folder, 0o755);
    mkdirSync(".tap", { recursive: true });
    rmSync(fixtures, { recursive: true, force: true });
    symlinkSync(folder, fixtures);
    return folder;
  } catch {
    return undefined;
  }
}

/** The lines about assertions that failed, and what else than assertions was said. */
function failures(text: string): string {
  const kept: string[] = [];
  let inside = false;
  for (const line of text.split("\n")) {
    if (/^\s*not ok .*(?<!#\s?(TODO|SKIP).*)$/i.test(line)) inside = true;
    else if (/^\s*(ok |1\.\.|# Subtest)/.test(line)) inside = false;
    else if (!inside && /^(\s*#|\s*$)/.test(line)) continue;
    if (inside || !/^\s*(ok |1\.\.|# Subtest)/.test(line)) kept.push(line);
  }
  return kept.join("\n");
}

const batches = plan(process.argv.slice(2));
const count = batches.length;
const shown = process.stdout.isTTY;
const took: [seconds: number, file: string][] = [];
const running = new Set<number>();
const sums = { pass: 0, fail: 0, skip: 0 };

async function run(files: readonly string[]): Promise<void> {
  const [first = "", ...others] = files;
  const start = performance.now();
  const args = [
    "--import",
    preload,
    ...(others.length > 0 ? ["test/batch.ts"] : []),
    first,
  ];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      TAP_TIMEOUT: String(patience),
      ...process.env,
      ...(others.length > 0 ? { LISTMILL_TEST_BATCH: others.join(" ") } : {}),
    },
    timeout: most * 1000,
    killSignal: "SIGKILL",
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => said.push(data));
  if (child.pid) running.add(child.pid);
  const code = await new Promise((done) => {
    child.once("error", done);
    child.once("close", done);
  });
  if (child.pid) running.delete(child.pid);
  took.push([
    (performance.now() - start) / 1000,
    others.length > 0 ? `${first} and ${others.length} more` : first,
  ]);
  note(files, Buffer.concat(said).toString(), code);
}

function note(files: readonly string[], text: string, code: unknown): void {
  const sum = text.match(/^# \{ total: .*$/gm)?.at(-1) ?? "";
  const number = (what: string) =>
    Number(new RegExp(`${what}: (\\d+)`).exec(sum)?.[1] ?? 0);
  sums.pass += number("pass");
  sums.skip += number("skip");
  sums.fail += number("fail");
  if (code === 0 && sum !== "") return;
  // Some ends, such as a crash, count nothing.
  const counted = number("fail") > 0;
  if (!counted) sums.fail += 1;
  const shown = counted ? failures(text) : text;
  process.stdout.write(`\n${files.join(" ")} failed (${code}):\n${shown}\n`);
}

async function lane(): Promise<void> {
  for (let next = batches.shift(); next; next = batches.shift()) {
    if (shown)
      process.stdout.write(`\r${count - batches.length} of ${count} programs`);
    await run(next);
  }
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => {
    for (const pid of running) process.kill(pid, signal);
    batches.length = 0;
    sums.fail += 1;
  });

const memory = inMemory();
// Slow tests wait a good part of their time.
const lanes =
  Math.min(4, availableParallelism()) +
  (batches.some(([it = ""]) => isSlow(it)) ? 1 : 0);
await Promise.all(Array.from({ length: lanes }, lane));
if (memory !== undefined)
  for (const path of [memory, fixtures])
    rmSync(path, { recursive: true, force: true });
const slowest = took
  .filter(([seconds]) => seconds >= 5)
  .sort(([a], [b]) => b - a)
  .slice(0, 30)
  .map(([seconds, file]) => `${seconds.toFixed(1).padStart(6)} s  ${file}\n`);
process.stdout.write(
  `${shown ? "\n" : ""}${slowest.join("")}${sums.pass} passed, ${sums.fail} failed, ${sums.skip} skipped\n`,
);
process.exitCode = sums.fail === 0 ? 0 : 1;
