/**
 * Members who are in no roster: teachers in an LMDB file, as Postfix's maps are, parents in the
 * school's SQLite database, helpers in a file that only a hook in the list's folder can read.
 * The importer of lmdb and better-sqlite3 here.
 */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import Database from "better-sqlite3";
import { open } from "lmdb";

export const teachers = [
  "frost@school.example",
  "grau@school.example",
  "ito@school.example",
];

export const parents = ["lena@example.com", "malik@example.com"];

export const helpers = ["omar@example.org", "priya@example.net"];

export async function writeTeachers(home: string): Promise<void> {
  const path = join(home, "teachers.lmdb");
  const db = open({
    path,
    noSubdir: true,
    keyEncoding: "binary",
    encoding: "binary",
  });
  for (const address of teachers)
    await db.put(Buffer.from(`${address}\0`), Buffer.from("OK\0"));
  await db.close();
}

export function writeSchool(home: string): void {
  const db = new Database(join(home, "school.db"));
  db.exec("CREATE TABLE parents (email TEXT, year TEXT)");
  const insert = db.prepare("INSERT INTO parents VALUES (?, ?)");
  for (const email of parents) insert.run(email, "year4");
  insert.run("nora@example.com", "year5");
  db.close();
}

export function writeHelpers(list: string): void {
  const rows = helpers.map((address, at) => `${at + 8}:00;stage;${address}\n`);
  writeFileSync(join(list, "helpers.csv"), rows.join(""));
}

const examples = resolve(import.meta.dirname, "../docs/examples");

/** Drops an example of docs/examples/ into a folder that has a hooks.d. */
export function drop(hook: string, folder: string): void {
  const file = join(folder, hook);
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(join(examples, hook), file);
}
