/**
 * A roster of 100,000: taken in and given out by the command line, and asked for one member, as each
 * post does. The references are sqlite3's own import and export of a table with the same key, without
 * a history, and better-sqlite3 with nothing around it.
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { Home } from "./home.ts";
import { medianRuns, type Run } from "./measure.ts";
import { writePeople } from "./people.ts";
import { onPlace } from "./place.ts";
import { run } from "./programs.ts";
import type { Figure, Result, Row } from "./table.ts";

const ROUNDS = 3;
const PEOPLE = 100_000;
const child = resolve(import.meta.dirname, "checking.ts");
const COLUMNS = "address, delivery, name, language, moderation, joined";
const TABLE = `CREATE TABLE members (list TEXT, address TEXT, delivery TEXT, name TEXT,
  PRIMARY KEY (list, address)) WITHOUT ROWID`;

export async function bench(): Promise<Result> {
  const title = `roster: ${PEOPLE.toLocaleString("en")} members, ${onPlace()}`;
  if (!hasSqlite3())
    return { title, skipped: "sqlite3, the reference, is not installed" };
  const home = await Home.make({});
  try {
    return { title, rows: await rows(home) };
  } finally {
    home.remove();
  }
}

async function rows(home: Home): Promise<Row[]> {
  const lists = Array.from({ length: ROUNDS }, (_, n) => `l${n}@lists.example`);
  const file = join(home.dir, "people.csv");
  const theirs = join(home.dir, "theirs.csv");
  writePeople(file, PEOPLE, (address) => `${address},posts,Name of ${address}`);
  writePeople(
    theirs,
    PEOPLE,
    (one) => `l@lists.example,${one},posts,Name of ${one}`,
  );
  for (const list of lists) await home.list(list, 0);
  const db = join(home.dir, "theirs.db");
  let round = 0;
  const [ours, reference] = await medianRuns(ROUNDS, [
    () => {
      const list = lists[round] ?? "";
      round += 1;
      return home.call(["member", "import", list, file]);
    },
    () => {
      rmSync(db, { force: true });
      const pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";
      return sqlite3(db, [pragmas, TABLE, `.import --csv ${theirs} members`]);
    },
  ]);
  const [list = ""] = lists;
  const state = join(home.dir, "state/listmill.db");
  const select = `SELECT ${COLUMNS} FROM members WHERE list = '${list}' ORDER BY key`;
  const [given, selected] = await medianRuns(ROUNDS, [
    () => home.call(["member", "export", list]),
    () => sqlite3(state, [".mode csv", select]),
  ]);
  if (!ours || !reference || !given || !selected) return [];
  return [
    ...pair("import", "sqlite3 .import", ours, reference),
    ...pair("export", "sqlite3 -csv", given, selected),
    ...(await checks(home, list)),
  ];
}

/** @returns microseconds of one membership check, and of one query */
async function checks(home: Home, list: string): Promise<Figure[]> {
  const args = [child, home.dir, list, String(PEOPLE)];
  const { stdout } = await run({ file: process.execPath, args });
  const found = JSON.parse(stdout[0] ?? "") as Record<string, number>;
  const { roster = 0, plain = 0 } = found;
  const unit = "µs";
  const name = "better-sqlite3";
  return [
    {
      name: "one membership check",
      figure: roster,
      unit,
      references: { [name]: plain },
    },
    { name: `the same query by ${name}`, figure: plain, unit },
  ];
}

function pair(name: string, other: string, ours: Run, theirs: Run): Figure[] {
  const row = (title: string, { seconds, cpu, memory }: Run): Figure => ({
    name: title,
    figure: PEOPLE / seconds,
    unit: "members/s",
    ...{ cpu, memory, count: PEOPLE },
  });
  const reference = row(other, theirs);
  const references = { [other]: reference.figure };
  return [{ ...row(name, ours), references }, reference];
}

function sqlite3(db: string, commands: readonly string[]) {
  return run({ file: "sqlite3", args: [db, ...commands] });
}

function hasSqlite3(): boolean {
  try {
    execFileSync("sqlite3", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
