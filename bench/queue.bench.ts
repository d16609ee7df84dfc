/**
 * Taking entries from a queue in which few or very many wait, while as many come as are taken: what one
 * costs with its share of the looks, how long anything else had to wait meanwhile, and the memory. Only
 * the queue is measured: an entry is a name, claimed by its rename.
 */
import { linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatName, newId } from "../src/spool/name.ts";
import { atEnd } from "./ending.ts";
import { median } from "./measure.ts";
import { onPlace, place } from "./place.ts";
import type { Program } from "./process.ts";
import { run } from "./programs.ts";
import type { Result, Row } from "./table.ts";
import type { Taken } from "./taking.ts";

const SIZES = [10, 100_000, 1_000_000];
/** Entries that a runner takes. */
const COUNT = 20_000;
const ROUNDS = 3;
/** Names that a file may have. */
const LINKS = 60_000;

export async function bench(): Promise<Result> {
  const title = `queue: ${COUNT.toLocaleString("en")} entries taken while as many come, ${onPlace()}`;
  const rows: Row[] = [];
  let small: number | undefined;
  for (const size of SIZES) {
    const root = join(place(), "spool");
    const done = atEnd(() => rmSync(root, { recursive: true, force: true }));
    fill(root, size);
    const runs: Taking[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      runs.push(await take(root, 1));
    small ??= median(runs.map(({ each }) => each));
    rows.push(...rowsOf(runs, size, small));
    if (size > COUNT) rows.push(lostRow(await take(root, 2), size));
    rmSync(root, { recursive: true });
    done();
  }
  return { title, rows };
}

interface Taking {
  /** Milliseconds, with its share of the looks. */
  readonly each: number;
  readonly first: number;
  readonly pause: number;
  /** Claims of 100 that somebody else was faster with. */
  readonly lost: number;
  readonly cpu: number;
  readonly memory: number;
}

async function take(root: string, runners: number): Promise<Taking> {
  const program = (at: number): Program => ({
    file: process.execPath,
    args: [
      "--max-semi-space-size=8",
      join(import.meta.dirname, "taking.ts"),
      ...[root, `${process.pid}-${at}`, `${COUNT}`],
    ],
  });
  const programs = Array.from({ length: runners }, (_, at) => program(at));
  const { stdout, cpu, memory } = await run(...programs);
  const all = stdout.map((text): Taken => JSON.parse(text));
  const sum = (of: (taken: Taken) => number) =>
    all.reduce((total, taken) => total + of(taken), 0);
  const count = COUNT * runners;
  return {
    each: (sum(({ seconds }) => seconds) / count) * 1000,
    first: Math.max(...all.map((taken) => taken.first)),
    pause: Math.max(...all.map((taken) => taken.pause)),
    lost: (sum(({ lost }) => lost) / (count + sum(({ lost }) => lost))) * 100,
    cpu,
    memory: memory / runners,
  };
}

function rowsOf(runs: readonly Taking[], size: number, small: number): Row[] {
  const name = (what: string) => `${what} of ${size.toLocaleString("en")}`;
  const of = (what: (taking: Taking) => number) => median(runs.map(what));
  const each = of((taking) => taking.each);
  return [
    {
      name: name("an entry"),
      figure: each,
      unit: "ms",
      cpu: of((taking) => taking.cpu),
      count: COUNT,
      memory: of((taking) => taking.memory),
      ...(small === each ? {} : { references: { "one of a few": small } }),
    },
    {
      name: name("until the first is found"),
      figure: of((taking) => taking.first),
      unit: "ms",
    },
    {
      name: name("the longest pause of all else"),
      figure: of((taking) => taking.pause),
      unit: "ms",
    },
  ];
}

function lostRow({ lost }: Taking, size: number): Row {
  return {
    name: `claims lost by two runners of ${size.toLocaleString("en")}`,
    figure: lost,
    unit: "%",
  };
}

/** Links of few files, for nothing is read of them: to make a folder each would take many times as long. */
function fill(root: string, size: number): void {
  const folder = join(root, "q/new");
  mkdirSync(folder, { recursive: true });
  const now = Date.now();
  for (let made = 0; made < size; made += 1) {
    const file = join(root, `entry${Math.floor(made / LINKS)}`);
    if (made % LINKS === 0) writeFileSync(file, "");
    const due = Math.floor(now / 1000) - Math.ceil((size - made) / 50);
    const name = formatName({ due, attempt: 0, id: newId(due * 1000) });
    linkSync(file, join(folder, name));
  }
}
