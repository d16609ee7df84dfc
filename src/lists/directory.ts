/**
 * The lists of a home: a folder lists/<address>/ with a list.toml is a list. Nothing is deleted:
 * a list that is removed is renamed to lists/.removed-<address>-<n>. After a crash a list is there
 * with all of its settings or not at all; a draft that was left over (a dot file) can be deleted.
 * Folders are listed rather than asked for one name: on NFS a name seen absent stays so for long.
 */
import { readdirSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";
import {
  parseTable,
  readText,
  type Table,
  tomlValue,
} from "../base/settings.ts";
import { withSetting } from "../base/toml.ts";
import { canonical, domainOf, keyOf, localOf } from "../mail/address.ts";
import { makeFolder, replace, syncPath, writeNew } from "../spool/durable.ts";
import { claimName, move } from "../spool/nfs.ts";
import { Fresh } from "./fresh.ts";
import { listFile } from "./manual.ts";
import type { ListSettings } from "./schema/list.ts";
import {
  environmentOf,
  listSettings,
  listSettingsOf,
  type Site,
} from "./settings.ts";

/** A list as its settings make it; a new object after each change of them. */
export interface List {
  /** Lower case. */
  readonly address: string;
  readonly local: string;
  readonly domain: string;
  /** The list's folder, absolute. */
  readonly dir: string;
  readonly settings: ListSettings;
  /** The settings as hooks get them, LISTMILL_SETTING_... */
  readonly environment: Readonly<Record<string, string>>;
}

export class Lists {
  readonly #site: Site;
  readonly #root: string;
  readonly #names: Fresh<ReadonlySet<string>>;
  readonly #lists = new Map<string, Fresh<List>>();

  constructor(home: string, site: Site) {
    this.#site = site;
    this.#root = join(home, "lists");
    this.#names = new Fresh(this.#root, () => {
      const names = readdirSync(this.#root).filter(isListName);
      return { content: names.join("\0"), make: () => new Set(names) };
    });
  }

  /**
   * The list of an address, compared without case; undefined where there is none. Cheap: two
   * stats, or one where there is no such list. A change of list.toml counts from the next call on.
   * Throws a Failure that names file and line where list.toml is broken, and where there is no
   * folder of lists at all.
   */
  get(address: string): List | undefined {
    const name = keyOf(address);
    const names = this.#names.get();
    // A file system that is not mounted must not make every list an unknown one.
    if (names === undefined)
      throw new Failure(
        exit.tryLater,
        `${this.#root}: this folder is missing; mount it, or make it with: listmill init`,
      );
    if (!isListName(name) || !names.has(name)) return undefined;
    let list = this.#lists.get(name);
    if (list === undefined) {
      list = this.#fresh(name);
      this.#lists.set(name, list);
    }
    const found = list.get();
    if (found === undefined) this.#lists.delete(name);
    return found;
  }

  /** All lists, by address. Throws like `get` at the first that is broken. */
  all(): List[] {
    return this.names().flatMap((name) => this.get(name) ?? []);
  }

  /** The addresses of all lists in order, those with broken settings too. */
  names(): string[] {
    const names = [...(this.#names.get() ?? [])];
    return names.filter((name) => isFile(this.#file(name))).sort();
  }

  /**
   * Makes a list.
   * @param values its settings, sections as tables
   * Throws a Failure: no address, there already, settings that do not fit.
   */
  async create(address: string, values: Table = {}): Promise<List> {
    const name = keyOf(canonical(address) ?? "");
    if (!isListName(name) || name.length > 200)
      throw new Failure(
        exit.usage,
        `${address}: not an address that a list can have: it is a folder's name too`,
      );
    listSettingsOf(this.#site, values, name, "");
    const content = listFile(values);
    const file = this.#file(name);
    listSettings(this.#site, content, file);
    const dir = join(this.#root, name);
    await makeFolder(dir);
    const draft = join(dir, `.${process.pid}.draft`);
    await writeNew(draft, content);
    const made = claimName(draft, file);
    unlinkSync(draft);
    await syncPath(dir);
    if (!made)
      throw new Failure(exit.cannotCreate, `${name}: this list exists already`);
    this.#forget(name);
    return this.#mustGet(name);
  }

  /**
   * Changes one setting in list.toml and leaves its comments and order as they are.
   * @param key such as "digest.posts"; a section's name with a table as value sets several
   * @param value undefined: back to the default
   * Throws a Failure, with nothing changed, where the result would not fit.
   */
  async set(address: string, key: string, value: unknown): Promise<List> {
    const name = keyOf(address);
    const file = this.#file(name);
    const old = isListName(name) ? readText(file) : undefined;
    if (old === undefined)
      throw new Failure(exit.noUser, `${name}: no such list`);
    if (!/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$/.test(key))
      throw new Failure(exit.usage, `${oneLine(key, 80)}: no such setting`);
    let content = old;
    for (const [path, one] of flat(key.split("."), value))
      content = withSetting(
        content,
        path,
        one === undefined ? undefined : tomlValue(one),
      );
    try {
      listSettings(this.#site, content, file);
      if (!holds(parseTable(content, file), key, value))
        throw new Failure(exit.config, `${file}: ${key} could not be changed`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new Failure(
        error.exitCode,
        `${error.message}\nNothing was changed.`,
        {
          cause: error,
        },
      );
    }
    if (content !== old) await replace(file, content);
    this.#forget(name);
    return this.#mustGet(name);
  }

  /**
   * Takes a list away; its folder, renamed, keeps everything.
   * @returns the folder's new path
   * Throws a Failure where there is no such list.
   */
  async remove(address: string): Promise<string> {
    const name = keyOf(address);
    const dir = join(this.#root, name);
    if (!isListName(name) || !isFile(this.#file(name)))
      throw new Failure(exit.noUser, `${name}: no such list`);
    const taken = readdirSync(this.#root);
    let n = 1;
    while (taken.includes(`.removed-${name}-${n}`)) n += 1;
    const to = join(this.#root, `.removed-${name}-${n}`);
    // A folder of that name which appeared meanwhile makes the rename fail: nothing is lost.
    if (!move(dir, to)) throw new Failure(exit.noUser, `${name}: no such list`);
    await syncPath(this.#root);
    this.#forget(name);
    return to;
  }

  #file(name: string): string {
    return join(this.#root, name, "list.toml");
  }

  #fresh(name: string): Fresh<List> {
    const file = this.#file(name);
    return new Fresh(file, () => {
      const content = readText(file);
      if (content === undefined) return undefined;
      return { content, make: () => this.#listOf(name, content) };
    });
  }

  #listOf(name: string, content: string): List {
    const settings = listSettings(this.#site, content, this.#file(name));
    return Object.freeze({
      address: name,
      local: localOf(name),
      domain: domainOf(name),
      dir: join(this.#root, name),
      settings,
      environment: Object.freeze(environmentOf(settings)),
    });
  }

  #mustGet(name: string): List {
    const list = this.get(name);
    if (list) return list;
    throw new Failure(exit.noUser, `${name}: the list was removed just now`);
  }

  #forget(name: string): void {
    this.#names.forget();
    this.#lists.delete(name);
  }
}

/** An address that is safe as a folder's name and not that of a whole domain, `@domain`. */
function isListName(name: string): boolean {
  const at = name.lastIndexOf("@");
  return (
    at > 0 &&
    at < name.length - 1 &&
    name.length <= 255 &&
    !name.startsWith(".") &&
    name === keyOf(name) &&
    !/[/\p{Cc}]/u.test(name)
  );
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
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
