/**
 * Hooks in sh a message, four messages at once: by launchers, by spawn of Node, by execa, and by a
 * loop in C around posix_spawn (spawn.c), which is the reference. Each hook has the message on
 * stdin and two files for what it prints.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { Launchers } from "../src/engine/launcher.ts";
import { medians } from "./measure.ts";
import { compile } from "./reference.ts";
import type { Result, Row } from "./table.ts";

const ROUNDS = 3;
const AT_ONCE = 4;
/** Hooks of a message, and how many messages make a measurement. */
const WORKS = [
  { hooks: 1, messages: 800 },
  { hooks: 5, messages: 160 },
  { hooks: 20, messages: 40 },
];

/** Starts one hook and waits for its end. */
type Start = (job: {
  readonly base: string;
  readonly environment: Readonly<Record<string, string>>;
}) => Promise<void>;

export async function bench(): Promise<Result> {
  const title = "starting hooks in sh, 4 messages at once";
  // Files on a disk would be what is measured.
  const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = mkdtempSync(join(root, "listmill-bench-"));
  try {
    const loop = join(folder, "spawn");
    const skipped = compile(loop);
    if (skipped !== undefined) return { title, skipped };
    writeFileSync(join(folder, "hook"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    writeFileSync(join(folder, "message"), "x".repeat(10_240));
    return { title, rows: await rows(folder, loop) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rows(folder: string, loop: string): Promise<Row[]> {
  const file = join(folder, "hook");
  const stdin = join(folder, "message");
  const launchers = new Launchers(AT_ONCE, {
    environment: { PATH: "/usr/bin:/bin" },
  });
  const ways: readonly (readonly [string, Start])[] = [
    [
      "launchers",
      async ({ base, environment }) => {
        const [stdout, stderr] = [`${base}.out`, `${base}.err`];
        const limits = { timeout: 60_000, output: 1e6 };
        const job = { file, stdin, stdout, stderr, environment, ...limits };
        check((await launchers.run(job)).kind === "exit");
      },
    ],
    [
      "child_process.spawn",
      (job) =>
        withFiles(stdin, job.base, async (stdio) => {
          const child = spawn(file, { env: job.environment, stdio });
          const [code] = await once(child, "exit");
          check(code === 0);
        }),
    ],
    [
      "execa",
      (job) =>
        withFiles(stdin, job.base, async (stdio) => {
          const env = job.environment;
          // Its types know the first descriptors only.
          const files = { stdio: stdio as [0, 1, 2] };
          await execa(file, [], { env, extendEnv: false, ...files });
        }),
    ],
  ];
  const found: Row[] = [];
  for (const { hooks, messages } of WORKS) {
    const [reference = 0, ...figures] = await medians(ROUNDS, [
      async () => {
        const output = join(folder, "out");
        mkdirSync(output);
        const count = String(hooks * messages);
        const args = [count, String(AT_ONCE), file, stdin, join(output, "it")];
        const seconds = await timed(async () => {
          const [code] = await once(spawn(loop, args), "exit");
          check(code === 0);
        });
        rmSync(output, { recursive: true });
        return messages / seconds;
      },
      ...ways.map(
        ([, start]) =>
          () =>
            run(folder, start, hooks, messages),
      ),
    ]);
    const unit = "messages/s";
    const name = hooks === 1 ? "1 hook" : `${hooks} hooks`;
    for (const [at, [way]] of ways.entries())
      found.push({
        name: `${name}, ${way}`,
        figure: figures[at] ?? 0,
        unit,
        references: { posix_spawn: reference },
      });
    found.push({ name: `${name}, posix_spawn in C`, figure: reference, unit });
  }
  launchers.close();
  return found;
}

/** @returns messages a second */
async function run(
  folder: string,
  start: Start,
  hooks: number,
  messages: number,
): Promise<number> {
  let next = 0;
  const works: string[] = [];
  const worker = async () => {
    for (let number = next++; number < messages; number = next++) {
      const work = join(folder, `work.${number}`);
      works.push(work);
      mkdirSync(work);
      const environment = variablesOf(number, work);
      for (let hook = 0; hook < hooks; hook += 1)
        await start({ base: join(work, String(hook)), environment });
    }
  };
  const seconds = await timed(() =>
    Promise.all(Array.from({ length: AT_ONCE }, worker)),
  );
  for (const work of works) rmSync(work, { recursive: true });
  return messages / seconds;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await act();
  return (performance.now() - from) / 1000;
}

/** What a hook is told, about as much as in a mill: most of it is the list's and stays. */
function variablesOf(number: number, work: string): Record<string, string> {
  const list = Array.from({ length: 30 }, (_, n) => [
    `LISTMILL_SETTING_NUMBER_${n}`,
    "a value that stays as it is",
  ]);
  return {
    ...Object.fromEntries(list),
    LISTMILL_ID: `0mwsxu0bx-039i1ur${number}`,
    LISTMILL_QUEUE: "posts",
    LISTMILL_STAGE: "10-approve",
    LISTMILL_SENDER: `author${number}@bench.example`,
    LISTMILL_FROM: `author${number}@bench.example`,
    LISTMILL_RECIPIENT: "bench@lists.example",
    LISTMILL_SUBJECT: `This is message ${number} about something`,
    LISTMILL_MESSAGE_ID: `<message-${number}@bench.example>`,
    LISTMILL_MESSAGE: join(work, "message"),
  };
}

async function withFiles(
  stdin: string,
  base: string,
  act: (stdio: [number, number, number]) => Promise<void>,
): Promise<void> {
  const stdio: [number, number, number] = [
    openSync(stdin, "r"),
    openSync(`${base}.out`, "w"),
    openSync(`${base}.err`, "w"),
  ];
  try {
    await act(stdio);
  } finally {
    for (const fd of stdio) closeSync(fd);
  }
}

function check(holds: boolean): void {
  if (!holds) throw new Error("a hook failed");
}
