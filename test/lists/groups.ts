/** A domain on demand whose groups stand in a database of its own. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

/**
 * Writes lists/@DOMAIN/list.toml and the database that it asks, groups.db.
 * @param names local parts of the groups; each has the member anna@example.org
 * @param more lines of list.toml
 * @returns the database, to change groups
 */
export function groups(
  home: string,
  domain: string,
  names: readonly string[],
  more = "",
): Database.Database {
  const dir = join(home, "lists", `@${domain}`);
  mkdirSync(dir, { recursive: true });
  writeFileSync(
    join(dir, "list.toml"),
    `${more}
[sql]
url = "sqlite:groups.db"
query = "SELECT mail FROM people WHERE team = :local"
exists_query = "SELECT name FROM teams WHERE name = :local"
`,
  );
  const db = new Database(join(home, "groups.db"));
  db.exec("CREATE TABLE teams (name); CREATE TABLE people (team, mail)");
  for (const name of names) {
    db.prepare("INSERT INTO teams VALUES (?)").run(name);
    db.prepare("INSERT INTO people VALUES (?, 'anna@example.org')").run(name);
  }
  return db;
}
