/**
 * The distribution list of a post to a million: made by the default recipients hooks, from the
 * roster or from a file, and refined by the default refine hooks. The reference is what C needs to
 * drop doubles: `sort -u` of the same addresses.
 */
import { execFile, execFileSync } from "node:child_process";
import { appendFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Home, LIST } from "./home.ts";
import { medians } from "./measure.ts";
import { writePeople } from "./people.ts";
import type { Result, Row } from "./table.ts";

const ROUNDS = 3;
const PEOPLE = 1_000_000;
const run = promisify(execFile);
const child = resolve(import.meta.dirname, "refining.ts");

export async function bench(): Promise<Result> {
  const title = `refine: the list of a post to ${PEOPLE.toLocaleString("en")}`;
  const roster = await Home.make({});
  const file = await Home.make({});
  try {
    const people = join(file.dir, "people");
    writePeople(people, PEOPLE);
    await roster.call(["member", "import", LIST, people]);
    appendFileSync(
      join(file.dir, "lists", LIST, "list.toml"),
      `\n[file]\npath = "people"\n`,
    );
    return { title, rows: await rows(roster, file, people) };
  } finally {
    roster.remove();
    file.remove();
  }
}

async function rows(roster: Home, file: Home, people: string): Promise<Row[]> {
  const peaks: Record<string, number> = {};
  const ours = (name: string, home: Home) => async () => {
    const { total, peak } = await refine(home);
    peaks[name] = Math.max(peaks[name] ?? 0, peak);
    return PEOPLE / total;
  };
  const [fromRoster = 0, fromFile = 0, reference = 0] = await medians(ROUNDS, [
    ours("the roster", roster),
    ours("a file", file),
    async () => PEOPLE / sorted(people),
  ]);
  const unit = "addresses/s";
  const references = { "sort -u": reference };
  return [
    { name: "members of the roster", figure: fromRoster, unit, references },
    { name: "addresses of a file", figure: fromFile, unit, references },
    { name: "sort -u", figure: reference, unit },
    ...Object.entries(peaks).map(([name, figure]) => ({
      name: `peak memory, from ${name}`,
      figure,
      unit: "MB",
    })),
  ];
}

/** @returns seconds, and the peak of the whole process in megabytes */
async function refine(home: Home): Promise<{ total: number; peak: number }> {
  // As bin/listmill starts it.
  const options = ["--max-semi-space-size=8"];
  const { stdout } = await run(process.execPath, [
    ...options,
    child,
    home.dir,
    LIST,
  ]);
  const found = JSON.parse(stdout);
  if (found.addresses !== PEOPLE)
    throw new Error(`${found.addresses} addresses: ${stdout}`);
  return found;
}

/** @returns seconds */
function sorted(people: string): number {
  const out = `${people}.sorted`;
  const from = performance.now();
  execFileSync("sort", ["-u", "-o", out, people], {
    env: { PATH: process.env.PATH, LC_ALL: "C" },
  });
  const seconds = (performance.now() - from) / 1000;
  rmSync(out);
  return seconds;
}
