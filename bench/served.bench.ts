/**
 * Messages a second past one hook that only answers: served in Python and Perl, 16 in flight, and
 * started for each message by launchers, 4 at once. The reference is a C loop that starts a shell
 * hook with posix_spawn, 4 at once.
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { noLog } from "../src/base/log.ts";
import { askForked } from "../src/engine/forked.ts";
import { Launchers } from "../src/engine/launcher.ts";
import type { Hook } from "../src/engine/layers.ts";
import type { Answer, Question } from "../src/engine/question.ts";
import { askServed } from "../src/engine/served.ts";
import { Servers } from "../src/engine/servers.ts";
import { medians } from "./measure.ts";
import { compile } from "./reference.ts";
import type { Result, Row } from "./table.ts";

const ROUNDS = 5;
const SERVED = 5000;
const STARTED = 100;
const SPAWNED = 1000;
/** Settings that a list has as variables, about. */
const SETTINGS = 70;
const IN_FLIGHT = 16;
const AT_ONCE = 4;

const texts = {
  python: `#!/usr/bin/python3\nfrom listmill import serve\nserve(lambda ask: None)\n`,
  header: `#!/usr/bin/python3\nfrom listmill import serve\nserve(lambda ask: ask.hold("No") if "!" in ask.header("Subject") else None)\n`,
  perl: `#!/usr/bin/perl\nuse Listmill;\nListmill::serve(sub { return });\n`,
  started: `#!/usr/bin/python3\n`,
  shell: `#!/bin/sh\nexit 0\n`,
};

export async function bench(): Promise<Result> {
  const title =
    "served hooks: a message of 10 KB past a hook that only answers";
  for (const program of ["/usr/bin/python3", "/usr/bin/perl"])
    if (!existsSync(program)) return { title, skipped: `no ${program}` };
  const folder = mkdtempSync(join(tmpdir(), "listmill-bench-"));
  const skipped = compile(join(folder, "spawn"));
  if (skipped !== undefined) {
    rmSync(folder, { recursive: true });
    return { title, skipped };
  }
  const lib = resolve(import.meta.dirname, "../lib");
  const manner = {
    environment: { PATH: "/usr/bin:/bin", PYTHONPATH: lib, PERL5LIB: lib },
  };
  const launchers = new Launchers(AT_ONCE, manner);
  const servers = new Servers(1, manner, noLog);
  try {
    return { title, rows: await rows(folder, launchers, servers) };
  } finally {
    launchers.close();
    await servers.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rows(
  folder: string,
  launchers: Launchers,
  servers: Servers,
): Promise<Row[]> {
  const message = join(folder, "message");
  writeFileSync(message, `Subject: it\n\n${`${"x".repeat(69)}\n`.repeat(146)}`);
  const environment = Object.fromEntries(
    Array.from({ length: SETTINGS }, (_, n) => [
      `LISTMILL_SETTING_NAME_${n}`,
      `value ${n}`,
    ]),
  );
  let passes = 0;
  const place = () => {
    passes += 1;
    const work = join(folder, String(passes));
    mkdirSync(work);
    const limits = { timeout: 60_000, output: 1_000_000 };
    const none = { recipients: undefined, account: undefined };
    return { work, limits, environment, launchers, servers, ...none };
  };
  const asked = questionOf(message);
  const served = (hook: Hook) => () => {
    const at = place();
    return rate(SERVED, IN_FLIGHT, () => askServed(hook, asked, at));
  };
  const python = hookOf(folder, "python");
  const header = hookOf(folder, "header");
  const perl = hookOf(folder, "perl");
  const started = hookOf(folder, "started");
  const spawn = join(folder, "spawn");
  const shell = hookOf(folder, "shell").file;
  const [fast = 0, reading = 0, second = 0, slow = 0, reference = 0] =
    await medians(ROUNDS, [
      served(python),
      served(header),
      served(perl),
      () => {
        const at = place();
        return rate(STARTED, AT_ONCE, () => askForked(started, asked, at));
      },
      async () => {
        const from = performance.now();
        const numbers = [String(SPAWNED), String(AT_ONCE)];
        execFileSync(spawn, [...numbers, shell, message, join(folder, "c")]);
        return SPAWNED / ((performance.now() - from) / 1000);
      },
    ]);
  const unit = "messages/s";
  const references = { posix_spawn: reference };
  return [
    { name: "Python, served", figure: fast, unit, references },
    {
      name: "Python, served, reads the header",
      figure: reading,
      unit,
      references,
    },
    { name: "Perl, served", figure: second, unit, references },
    { name: "Python, started for each", figure: slow, unit, references },
    { name: "C posix_spawn of a shell hook", figure: reference, unit },
    {
      name: "Python, served, to one started",
      figure: fast / slow,
      unit: "times",
    },
  ];
}

/** Asks so often, so many at once. @returns answers a second */
async function rate(
  count: number,
  atOnce: number,
  ask: () => Promise<Answer>,
): Promise<number> {
  let left = count;
  const from = performance.now();
  const one = async () => {
    while (left > 0) {
      left -= 1;
      const { verdict } = await ask();
      if (verdict.kind !== "pass") throw new Error(JSON.stringify(verdict));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return count / ((performance.now() - from) / 1000);
}

function hookOf(folder: string, name: keyof typeof texts): Hook {
  const file = join(folder, `${name}.serve`);
  writeFileSync(file, texts[name]);
  chmodSync(file, 0o755);
  const path = `q/10-approve/${name}.serve`;
  return { path, file, layer: "site", how: "served", version: "1" };
}

function questionOf(message: string): Question {
  const recipient = "bench@lists.example";
  return {
    id: "1",
    queue: "q",
    stage: "10-approve",
    verb: "approve",
    attempt: 0,
    now: 0,
    envelope: {
      sender: "author@bench.example",
      recipient,
      list: recipient,
      origin: "mta",
      received: "2026-01-01T00:00:00.000Z",
      history: [],
    },
    message: {
      pieces: () => [],
      variables: () => ({ SUBJECT: "it", FROM: "author@bench.example" }),
    },
    file: async () => message,
    recipients: nothing,
    recipientsFile: async () => "",
    scratch: () => "",
    recipientsOf: nothing,
    trial: false,
    emit: () => {},
    log: () => {},
    signal: new AbortController().signal,
    holds: () => true,
  };
}

async function* nothing(): AsyncGenerator<string> {}
