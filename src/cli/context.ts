/**
 * What the verbs of the command line share: the home, its settings, lists and members, opened when
 * first asked for, and the two ways to print.
 */
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { type Clock, systemClock } from "../base/clock.ts";
import { homeNamed } from "../base/environment.ts";
import { errnoOf, exit, Failure, messageOf } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";
import { type List, Lists } from "../lists/directory.ts";
import { type Roster, rosterOf } from "../lists/roster.ts";
import { loadSite, type Site } from "../lists/settings.ts";
import { Spool } from "../spool/spool.ts";

/** A verb of the command line. */
export interface Verb {
  /** Lines for --help: the arguments, then what it does. */
  readonly usage: string;
  /** @returns the exit code */
  run(context: Context, args: readonly string[]): Promise<number>;
}

export class Context {
  readonly home: string;
  readonly json: boolean;
  readonly clock: Clock = systemClock;
  #site: Site | undefined;
  #lists: Lists | undefined;

  constructor(home: string | undefined, json: boolean) {
    this.home = homeNamed(home);
    this.json = json;
  }

  get site(): Site {
    const has = (name: string) => existsSync(join(this.home, name));
    this.#mayEnter();
    if (!has("listmill.toml") && !(has("spool") && has("hooks.d")))
      throw new Failure(
        exit.config,
        `${this.home} is no home of listmill: it has neither listmill.toml nor spool/ and hooks.d/. ` +
          "Name one with --home DIR or LISTMILL_HOME, or make one with: listmill init DIR",
      );
    this.#site ??= loadSite(this.home);
    return this.#site;
  }

  /** What this user may not enter looks as if it were not there. */
  #mayEnter(): void {
    try {
      accessSync(this.home, constants.R_OK | constants.X_OK);
    } catch (error) {
      if (errnoOf(error) !== "EACCES") return;
      throw new Failure(
        exit.config,
        `${this.home}: this user may not enter it; run listmill as the account that the home belongs to`,
      );
    }
  }

  get lists(): Lists {
    this.#lists ??= new Lists(this.home, this.site);
    return this.#lists;
  }

  get roster(): Roster {
    return rosterOf(this.site.home);
  }

  get spool(): Spool {
    return new Spool(join(this.site.home, "spool"));
  }

  /** A list that must exist. */
  list(address: string | undefined): List {
    if (address === undefined)
      throw new Failure(exit.usage, "which list? Give its address");
    const list = this.lists.get(address.toLowerCase());
    if (!list)
      throw new Failure(
        exit.noUser,
        `there is no list ${address}; ${this.#cure(address.toLowerCase())}`,
      );
    return list;
  }

  /** What to do about a list that there is not. */
  #cure(address: string): string {
    if (address.startsWith("@"))
      return `it names all lists of a domain: edit lists/${address}/list.toml`;
    if (address.includes("@"))
      return `make it with: listmill list create ${address}`;
    const meant = this.lists
      .names()
      .filter((name) => name.startsWith(`${address}@`));
    return meant.length > 0
      ? `did you mean ${meant.slice(0, 3).join(" or ")}?`
      : `give its whole address, such as ${address}@lists.example.org`;
  }

  readonly say = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };

  /** Prints rows: as JSON, or as an aligned table with a head. */
  table(
    head: readonly string[],
    rows: readonly Record<string, unknown>[],
  ): void {
    if (this.json) {
      this.say(JSON.stringify(rows, undefined, 1));
      return;
    }
    const cells = rows.map((row) =>
      head.map((name) => String(row[name] ?? "")),
    );
    const widths = head.map((name) => name.length);
    for (const row of cells)
      for (const [column, cell] of row.entries())
        widths[column] = Math.max(widths[column] ?? 0, cell.length);
    for (const row of [head, ...cells])
      this.say(
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd(),
      );
  }
}

/**
 * Parses a verb's arguments.
 * @param most how many it takes besides options
 * Throws Failure with what is wrong.
 */
export function parse<T extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: T,
  most = Number.POSITIVE_INFINITY,
) {
  const parsed = parsedOf(args, options);
  noMore(parsed.positionals, most);
  return parsed;
}

function parsedOf<T extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new Failure(exit.usage, `${messageOf(error)} (see listmill --help)`);
  }
}

/** Refuses an argument that would be dropped. @param most how many are used */
export function noMore(args: readonly string[], most: number): void {
  const [extra] = args.slice(most);
  if (extra !== undefined)
    throw new Failure(
      exit.usage,
      `"${oneLine(extra, 80)}" is an argument too many (see listmill --help)`,
    );
}

/** A whole number given on the command line. */
export function wholeNumber(text: string, option: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Failure(
    exit.usage,
    `${option} takes a whole number, not "${text}"`,
  );
}
