/**
 * Runs the fast tests for `make check`: each file as a program of its own, two at once, without what
 * tap's runner loads into every one of them, which takes as long as the tests. Prints what a file
 * says that fails, and the sum.
 */
import { spawn } from "node:child_process";
import {
  chmodSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { availableParallelism } from "node:os";

/** Where tests make their files: in memory, which takes half of the system's time. */
const fixtures = ".tap/fixtures";

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

const files = globSync("test/**/*.test.ts")
  .filter((file) => !file.endsWith(".slow.test.ts"))
  .filter((file) => !file.startsWith("test/road/"))
  .sort();
const shown = process.stdout.isTTY;
let passed = 0;
let failed = 0;
let skipped = 0;
let begun = 0;

async function run(file: string): Promise<void> {
  const child = spawn(process.execPath, [file], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => said.push(data));
  const code = await new Promise((done) => child.once("close", done));
  const text = Buffer.concat(said).toString();
  const sum = /^# \{ total: .*$/m.exec(text)?.[0] ?? "";
  const count = (what: string) =>
    Number(new RegExp(`${what}: (\\d+)`).exec(sum)?.[1] ?? 0);
  passed += count("pass");
  skipped += count("skip");
  failed += count("fail");
  if (code === 0) return;
  // Some ends, such as a crash, count nothing.
  if (count("fail") === 0) failed += 1;
  process.stdout.write(`\n${file} failed:\n${text}\n`);
}

async function worker(): Promise<void> {
  for (let file = files.shift(); file !== undefined; file = files.shift()) {
    begun += 1;
    if (shown)
      process.stdout.write(`\r${begun} of ${begun + files.length} files`);
    await run(file);
  }
}

const memory = inMemory();
await Promise.all(
  Array.from({ length: Math.min(4, availableParallelism()) }, worker),
);
if (memory !== undefined)
  for (const path of [memory, fixtures])
    rmSync(path, { recursive: true, force: true });
process.stdout.write(
  `${shown ? "\n" : ""}${passed} passed, ${failed} failed, ${skipped} skipped\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
