/**
 * Settings of a list.toml changed, its comments and order left as they are. Pure.
 */
import { exit, Failure } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";
import { parseTable, type Table, tomlValue } from "../base/settings.ts";
import { withSetting } from "../base/toml.ts";
import { listSettings, type Site } from "./settings.ts";

/**
 * A setting and what it shall be.
 * The key is such as "digest.posts"; a section's name with a table as value sets several. A value
 * that is undefined goes back to the default.
 */
export type Change = readonly [key: string, value: unknown];

/**
 * The text with settings changed: all of them, checked once, or none.
 * @param old the text of list.toml
 * @param file its name in errors
 * Throws a Failure where the result would not fit.
 */
export function withChanges(
  site: Pick<Site, "list">,
  old: string,
  file: string,
  changes: readonly Change[],
): string {
  let content = old;
  for (const [key, value] of changes)
    for (const [path, one] of flat(pathOf(key), value))
      content = withSetting(
        content,
        path,
        one === undefined ? undefined : tomlValue(one),
      );
  try {
    listSettings(site, content, file);
    const table = parseTable(content, file);
    for (const [key, value] of changes)
      if (!holds(table, key, value))
        throw new Failure(exit.config, `${file}: ${key} could not be changed`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const words = `${error.message}\nNothing was changed.`;
    throw new Failure(error.exitCode, words, { cause: error });
  }
  return content;
}

/**
 * The names that a key such as "digest.posts" stands for.
 * Throws a Failure where no setting can have this key.
 */
export function pathOf(key: string): readonly string[] {
  if (/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$/.test(key)) return key.split(".");
  throw new Failure(exit.usage, `${oneLine(key, 80)}: no such setting`);
}

/** The settings that a value stands for: one, or those of a table. */
function flat(
  path: readonly string[],
  value: unknown,
): [readonly string[], unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return [[path, value]];
  return Object.entries(value).map(([name, one]) => [[...path, name], one]);
}

function holds(table: Table, key: string, value: unknown): boolean {
  return flat(key.split("."), value).every(([path, one]) => {
    let there: unknown = table;
    for (const name of path) there = (there as Table | undefined)?.[name];
    return JSON.stringify(there) === JSON.stringify(one);
  });
}

/** Settings as a table, with sections as tables of it. */
export function tableOf(changes: readonly Change[]): Table {
  const table: Table = Object.create(null);
  for (const [key, value] of changes) {
    if (value === undefined) continue;
    const [first = "", second] = pathOf(key);
    if (second === undefined) table[first] = value;
    else {
      table[first] ??= Object.create(null);
      (table[first] as Table)[second] = value;
    }
  }
  return table;
}
