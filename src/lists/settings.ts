/**
 * The settings of a home and of its lists, read and checked: site defaults under those of a list,
 * and the variables that hooks get. Reads listmill.toml, writes nothing.
 */
import { join, resolve } from "node:path";
import { oneLine } from "../base/log.ts";
import { checked, parseTable, readText, type Table } from "../base/settings.ts";
import { timed } from "./schema/digest.ts";
import { type ListSettings, listSchema } from "./schema/list.ts";
import type { Role } from "./schema/node.ts";
import { rowsOf } from "./schema/rows.ts";
import { type SiteSettings, siteSchema } from "./schema/site.ts";
import { sourceSections } from "./schema/sources.ts";

/** What holds for the whole home. Durations are milliseconds, sizes bytes. */
export interface Site extends Omit<SiteSettings, "list" | "node"> {
  /** The home's folder, absolute. */
  readonly home: string;
  readonly node: { readonly renew: number; readonly stale: number };
  /** What the runners of a host do, by its name. */
  readonly roles: ReadonlyMap<string, Role>;
  /** The site's defaults for lists, as they were written. */
  readonly list: Table;
}

/**
 * Reads HOME/listmill.toml; without the file all defaults hold.
 * Throws a Failure that tells every problem as file:line: setting: what is wrong.
 */
export function loadSite(home: string): Site {
  const root = resolve(home);
  const path = join(root, "listmill.toml");
  const content = readText(path) ?? "";
  const table = parseTable(content, path);
  const { node, ...site } = checked(siteSchema, table, path, content);
  const { renew, stale, ...roles } = node;
  return Object.freeze({
    ...site,
    node: { renew: Number(renew), stale: Number(stale) },
    roles: new Map(Object.entries(roles as Record<string, Role>)),
    home: root,
    list: (table.list ?? {}) as Table,
  });
}

/**
 * The settings of one list over the site's defaults.
 * @param content the text of list.toml
 * @param path its name in errors
 * Throws a Failure like loadSite.
 */
export function listSettings(
  site: Pick<Site, "list">,
  content: string,
  path: string,
): ListSettings {
  return listSettingsOf(site, parseTable(content, path), path, content);
}

/** The same of a table that was parsed already. @param content its text, for the lines of errors */
export function listSettingsOf(
  site: Pick<Site, "list">,
  given: Table,
  path: string,
  content: string,
): ListSettings {
  const merged: Table = { ...given };
  for (const [key, value] of Object.entries(site.list)) {
    const own = given[key];
    if (key in sourceSections && own === undefined) continue;
    if (own === undefined) merged[key] = value;
    else if (isTable(own) && isTable(value)) merged[key] = { ...value, ...own };
  }
  const { digest } = merged;
  if (isTable(digest) && digest.at) merged.digest = { ...timed, ...digest };
  return checked(listSchema, merged, path, content);
}

function isTable(value: unknown): value is Table {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date)
  );
}

/** A row a setting of lists. */
export const listRows = rowsOf(listSchema);

/** The variable in which hooks get a setting. @param path such as digest, posts */
export function variableOf(path: readonly string[]): string {
  return `LISTMILL_SETTING_${path.join("_").toUpperCase()}`;
}

/**
 * The settings as hooks get them: LISTMILL_SETTING_SUBJECT_PREFIX, LISTMILL_SETTING_DIGEST_POSTS,
 * LISTMILL_SETTING_CUSTOM_X. One line each, arrays joined by spaces, durations in seconds, sizes in
 * bytes, true or false; what is not set is not there, and secrets never are.
 */
export function environmentOf(settings: ListSettings): Record<string, string> {
  const found: Record<string, string> = {};
  const put = (path: readonly string[], value: unknown) => {
    const shown = Array.isArray(value) ? value.join(" ") : String(value);
    found[variableOf(path)] = oneLine(shown, 32 * 1024);
  };
  for (const { path, section, unit, secret } of listRows) {
    const [first = "", second = ""] = path;
    const top = (settings as Table)[first];
    const value =
      path.length === 1 ? top : (top as Table | undefined)?.[second];
    if (secret || section !== undefined || value === undefined) continue;
    put(path, unit === "milliseconds" ? Number(value) / 1000 : value);
  }
  for (const [name, value] of Object.entries(settings.custom))
    put(["custom", name], value);
  return found;
}
