/**
 * The lists of a home: a folder lists/<address>/ with a list.toml is a list, and lists/@<domain>/
 * with one makes every address of the domain a list on demand. A list.toml that names another address
 * as `moved` is no list: whoever asks for it gets the list of that address. Nothing is deleted: a list
 * that is removed is kept aside (aside.ts). After a crash a list is there with all of its
 * settings or not at all. Folders are listed rather than asked for one name: on NFS a name seen
 * absent stays so for long.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { isFile } from "../base/files.ts";
import { readText, type Table } from "../base/settings.ts";
import { canonical, domainOf, keyOf, localOf } from "../mail/address.ts";
import { replace } from "../spool/durable.ts";
import { setAside } from "./aside.ts";
import { type Change, withChanges } from "./change.ts";
import { found, listNameOf, newSettings } from "./founding.ts";
import { Fresh } from "./fresh.ts";
import { destination, movedIn } from "./moved.ts";
import { isDomainName, isListName } from "./names.ts";
import type { ListSettings } from "./schema/list.ts";
import { environmentOf, listSettings, type Site } from "./settings.ts";

/** A list as its settings make it; a new object after each change of them. */
export interface List {
  /** Lower case. */
  readonly address: string;
  readonly local: string;
  readonly domain: string;
  /** The list's folder, absolute; its domain's for a list on demand. */
  readonly dir: string;
  /** Made from the settings of its domain: whether there is such a list is asked when mail comes. */
  readonly onDemand: boolean;
  readonly settings: ListSettings;
  /** The settings as hooks get them, LISTMILL_SETTING_... */
  readonly environment: Readonly<Record<string, string>>;
}

export class Lists {
  readonly #site: Site;
  readonly #root: string;
  readonly #names: Fresh<ReadonlySet<string>>;
  /** Lists by address, and what all lists of a domain on demand share by `@domain`. */
  readonly #lists = new Map<string, Fresh<List>>();

  constructor(home: string, site: Site) {
    this.#site = site;
    this.#root = join(home, "lists");
    this.#names = new Fresh(this.#root, () => {
      const names = readdirSync(this.#root).filter(
        (name) => isListName(name) || isDomainName(name),
      );
      return { content: names.join("\0"), make: () => new Set(names) };
    });
  }

  /**
   * The list of an address, compared without case; undefined where there is none. Cheap: two
   * stats, or one where there is no such list. A change of list.toml counts from the next call on.
   * In a domain on demand every address has one; a list with a folder of its own wins. Of a list
   * that has moved it is the one that has its mail now.
   * Throws a Failure that names file and line where list.toml is broken, and where there is no
   * folder of lists at all.
   */
  get(address: string): List | undefined {
    const made = this.made(address);
    if (made) return made;
    const name = keyOf(address);
    const domain = this.domain(domainOf(name));
    if (!domain || !isListName(name) || canonical(name) === undefined)
      return undefined;
    const { environment, settings, dir } = domain;
    return Object.freeze({
      address: name,
      local: localOf(name),
      domain: domain.domain,
      dir,
      onDemand: true,
      settings,
      environment,
    });
  }

  /** The same of lists with a folder of their own only. */
  made(address: string): List | undefined {
    const name = keyOf(address);
    const list = isListName(name) ? this.#get(name) : undefined;
    if (list?.settings.moved === undefined) return list;
    return destination(list, (to) => this.#get(to));
  }

  /**
   * What all lists on demand of a domain share, with `@domain` for the address; undefined where the
   * domain has none. Throws like `get`.
   */
  domain(domain: string): List | undefined {
    return this.#get(`@${keyOf(domain)}`);
  }

  /** The domains on demand in order, broken ones too. Throws where there is no folder of lists at all. */
  domains(): string[] {
    return [...this.#folders()]
      .filter((name) => isDomainName(name) && isFile(this.#file(name)))
      .map((name) => name.slice(1))
      .sort();
  }

  /** All lists, by address. Throws like `get` at the first that is broken. */
  all(): List[] {
    return this.names().flatMap((name) => this.made(name) ?? []);
  }

  /** The addresses of all lists in order, broken ones too, but none that has moved. Throws like `domains`. */
  names(): string[] {
    return this.addresses().filter((name) => this.#movedTo(name) === undefined);
  }

  /** The same, and those that have moved. */
  addresses(): string[] {
    return [...this.#folders()].filter((name) => this.#isThere(name)).sort();
  }

  /** Whether a list with a folder of its own has the address, broken or not, and has not moved. */
  has(address: string): boolean {
    const name = keyOf(address);
    return this.#isThere(name) && this.#movedTo(name) === undefined;
  }

  /** Where the list of an address has moved, the next step; undefined where it has not. */
  movedTo(address: string): string | undefined {
    const name = keyOf(address);
    const to = this.#isThere(name) ? this.#movedTo(name) : undefined;
    return to === undefined ? undefined : keyOf(to);
  }

  #isThere(name: string): boolean {
    return isListName(name) && isFile(this.#file(name));
  }

  /** The addresses that lists had, each with the one that it leads to. Throws like `domains`. */
  moved(): Map<string, string> {
    const found = new Map<string, string>();
    for (const name of this.addresses()) {
      const to = this.#movedTo(name);
      if (to !== undefined) found.set(name, keyOf(to));
    }
    return found;
  }

  #movedTo(name: string): string | undefined {
    const text = () => readText(this.#file(name)) ?? "";
    return movedIn(text, () => this.#get(name)?.settings.moved);
  }

  /**
   * Makes a list.
   * @param values its settings, sections as tables
   * Throws a Failure: no address, there already, settings that do not fit, no folder of lists at all.
   */
  async create(address: string, values: Table = {}): Promise<List> {
    const name = listNameOf(address);
    const file = this.#file(name);
    const content = newSettings(this.#site, values, name, file);
    this.#folders();
    if (!(await found(file, content)))
      throw new Failure(exit.cannotCreate, `${name}: this list exists already`);
    this.forget(name);
    return this.#mustGet(name);
  }

  /**
   * Changes settings in list.toml and leaves its comments and order as they are.
   * Throws a Failure, with nothing changed, where the result would not fit.
   */
  async set(address: string, ...changes: readonly Change[]): Promise<List> {
    const name = keyOf(address);
    const file = this.#file(name);
    const old = isListName(name) ? readText(file) : undefined;
    if (old === undefined)
      throw new Failure(exit.noUser, `${name}: no such list`);
    const content = withChanges(this.#site, old, file, changes);
    if (content !== old) await replace(file, content);
    this.forget(name);
    return this.#mustGet(name);
  }

  /**
   * Takes a list away; its folder, renamed, keeps everything. Throws a Failure where there is none.
   * @returns the folder's new path
   */
  async remove(address: string): Promise<string> {
    const name = keyOf(address);
    if (!this.#isThere(name))
      throw new Failure(exit.noUser, `${name}: no such list`);
    const to = await setAside(this.#root, name);
    this.forget(name);
    return to;
  }

  /** @param name an address, or `@domain` for what its lists on demand share */
  #get(name: string): List | undefined {
    if (!this.#folders().has(name)) return undefined;
    let list = this.#lists.get(name);
    if (list === undefined) {
      list = this.#fresh(name);
      this.#lists.set(name, list);
    }
    const found = list.get();
    if (found === undefined) this.#lists.delete(name);
    return found;
  }

  /** Names of folders that may be lists, or domains. */
  #folders(): ReadonlySet<string> {
    const names = this.#names.get();
    if (names) return names;
    // A file system that is not mounted must not make every list an unknown one.
    throw new Failure(
      exit.tryLater,
      `${this.#root}: this folder is missing; mount it, or make it with: listmill init`,
    );
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
      onDemand: isDomainName(name),
      settings,
      environment: Object.freeze(environmentOf(settings)),
    });
  }

  #mustGet(name: string): List {
    const list = this.#get(name);
    if (list) return list;
    throw new Failure(exit.noUser, `${name}: the list was removed just now`);
  }

  /** What was read of a list counts no more. @param name its address, in lower case */
  forget(name: string): void {
    this.#names.forget();
    this.#lists.delete(name);
  }
}
