/**
 * Whether the archives of all lists are whole, as far as that can be told for certain: each number has
 * its post, each post of a month has its number, and both are one file. A repair only links: nothing
 * is removed, and nothing is made of what is lost.
 */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { messageOf } from "../base/errors.ts";
import { type Log, plural } from "../base/log.ts";
import { numberPath, recentOf } from "../lists/sequence.ts";
import { claimName } from "../spool/nfs.ts";
import { Pause } from "../spool/verify/pause.ts";
import type { Report } from "../spool/verify/report.ts";
import { namesIn } from "../spool/verify/stream.ts";
import { foldersIn, monthsOf, numbersIn, statOf } from "./shelves.ts";
import { buriedIn } from "./tombstones.ts";

/** Numbers of a gap that are looked for one by one. */
const GAP = 1_000_000;

/** Who repairs. */
export interface Repairer {
  readonly log: Log;
}

/** The one list that is looked at. */
interface Only {
  readonly only: string;
}

/**
 * @param root the folder `archive` of a home
 * @param signal aborted where it is to end: throws Failure 75 then
 * @param how who repairs, without whom nothing is changed; or the one list that is looked at
 */
export async function lookOverArchive(
  root: string,
  report: Report,
  signal: AbortSignal,
  how?: Repairer | Only,
): Promise<void> {
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    const isLink = lstatSync(root, { throwIfNoEntry: false });
    const what = isLink ? "it leads to no folder" : "this folder is missing";
    return report.wrong("archive-missing", root, what);
  }
  const pause = new Pause(signal);
  const only = how && "only" in how ? how.only : undefined;
  const repairer = how && "log" in how ? how : undefined;
  for (const list of namesIn(root))
    if (
      list.isDirectory() &&
      !list.name.startsWith(".") &&
      (only ?? list.name) === list.name
    )
      await new ArchiveLook(
        join(root, list.name),
        report,
        pause,
        repairer,
      ).look();
}

class ArchiveLook {
  readonly #dir: string;
  readonly #numbers: string;
  readonly #report: Report;
  readonly #pause: Pause;
  readonly #repairer: Repairer | undefined;
  /** A bit for each number that a month has, by thousands. */
  readonly #seen = new Map<number, Uint8Array>();
  /** The months of posts that have tickets, by their files. */
  #months: Map<string, string> | undefined;
  /** Posts whose two names are two files of one size. */
  #copies = 0;

  constructor(
    dir: string,
    report: Report,
    pause: Pause,
    repairer: Repairer | undefined,
  ) {
    this.#pause = pause;
    this.#dir = dir;
    this.#numbers = join(dir, "numbers");
    this.#report = report;
    this.#repairer = repairer;
  }

  async look(): Promise<void> {
    for (const year of foldersIn(this.#dir, /^\d{4}$/))
      for (const month of foldersIn(year, /^\d{2}$/)) await this.#month(month);
    await this.#shelves();
    await this.#tickets();
    if (this.#copies > 0)
      await this.#report.note(
        "archive-copies",
        this.#dir,
        `${plural(this.#copies, "post is", "posts are")} there twice, not linked`,
      );
  }

  async #month(folder: string): Promise<void> {
    for (const found of namesIn(folder)) {
      const number = Number(/^([1-9]\d{0,14})\.eml$/.exec(found.name)?.[1]);
      const path = join(folder, found.name);
      if (number && found.isFile()) await this.#post(number, path);
      else await this.#report.note("stranger", path, "it is no post's file");
      await this.#pause.take();
    }
  }

  async #post(number: number, path: string): Promise<void> {
    if (!this.#isFirst(number))
      return this.#report.wrong(
        "archive-double",
        path,
        `another month has a post ${number} too`,
      );
    if (buriedIn(this.#dir).has(number)) return this.#buried(number, path);
    const place = numberPath(this.#numbers, number);
    const [mine, theirs] = [statOf(path), statOf(place)];
    if (!mine) return;
    if (!theirs) {
      const what = `it has no number: ${this.#report.shown(place)} is missing`;
      const act = this.#linked(path, place);
      return this.#report.wrong(
        "archive-no-number",
        path,
        act?.trouble ?? what,
        act?.done,
      );
    }
    if (mine.ino === theirs.ino && mine.dev === theirs.dev) return;
    if (mine.size === theirs.size) this.#copies += 1;
    else
      await this.#report.wrong(
        "archive-mismatch",
        path,
        `it is another file than ${this.#report.shown(place)}`,
      );
  }

  /** It was to be taken out, and whoever did it died. */
  #buried(number: number, path: string): Promise<void> {
    const what = `post ${number} was to be taken out, and this is left of it`;
    return this.#report.wrong("archive-buried", path, what);
  }

  #isFirst(number: number): boolean {
    const shelf = Math.floor(number / 1000);
    const bits = this.#seen.get(shelf) ?? new Uint8Array(125);
    this.#seen.set(shelf, bits);
    const [at, bit] = [(number % 1000) >> 3, 1 << (number & 7)];
    const isFirst = ((bits[at] ?? 0) & bit) === 0;
    bits[at] = (bits[at] ?? 0) | bit;
    return isFirst;
  }

  /** Numbers without a month's file, and numbers that are missing. */
  async #shelves(): Promise<void> {
    const shelves = [...namesIn(this.#numbers)]
      .filter(({ name }) => /^(0|[1-9]\d{0,11})$/.test(name))
      .map(({ name }) => Number(name))
      .sort((a, b) => a - b);
    let next = 1;
    for (const shelf of shelves) {
      const folder = join(this.#numbers, String(shelf));
      for (const number of numbersIn(folder)) {
        if (number > next) await this.#gap(next, number - 1);
        next = number + 1;
        await this.#number(number, join(folder, String(number)));
      }
      await this.#pause.take();
    }
  }

  async #gap(first: number, last: number): Promise<void> {
    const path = numberPath(this.#numbers, first);
    // Where a month has it, that was told there.
    let missing = last - first > GAP ? last - first + 1 : 0;
    for (let number = first; number <= last && last - first <= GAP; number += 1)
      if (!this.#has(number)) missing += 1;
    if (missing > 0)
      await this.#report.wrong(
        "archive-gap",
        path,
        `${plural(missing, "post", "posts")} of ${first} to ${last} are lost`,
      );
  }

  #has(number: number): boolean {
    const bits = this.#seen.get(Math.floor(number / 1000));
    return (((bits?.[(number % 1000) >> 3] ?? 0) >> (number & 7)) & 1) === 1;
  }

  async #number(number: number, path: string): Promise<void> {
    if (this.#has(number)) return;
    const found = statOf(path);
    if (!found) return;
    if (buriedIn(this.#dir).has(number))
      return found.size > 0 ? this.#buried(number, path) : undefined;
    if (found.size === 0)
      return this.#report.wrong(
        "archive-empty",
        path,
        "it is empty, and no tombstone says that it was taken out",
      );
    const month = this.#monthOf(found);
    const place = month && join(this.#dir, ...month, `${number}.eml`);
    // A runner has stored it meanwhile.
    if (place && statOf(place)) return;
    const act = place === undefined ? undefined : this.#linked(path, place);
    await this.#report.wrong(
      "archive-no-month",
      path,
      act?.trouble ??
        `no month has this post${month ? `; it is of ${month.join("-")}` : ""}`,
      act?.done,
    );
  }

  /** For a while a ticket knows of which month a post is. */
  #monthOf({ dev, ino }: Stats): string[] | undefined {
    this.#months ??= monthsOf(recentOf(this.#numbers));
    return this.#months.get(`${dev}.${ino}`)?.split("-");
  }

  /** A ticket is a folder with one file, which tells from which number on it is looked for. */
  async #tickets(): Promise<void> {
    for (const found of namesIn(recentOf(this.#numbers))) {
      if (found.name.startsWith(".")) continue;
      const path = join(recentOf(this.#numbers), found.name);
      const labels = found.isDirectory() ? readdirSync(path) : [];
      const isGood = /^[0-9]+\.[A-Za-z0-9-]*$/.test(labels[0] ?? "");
      if (labels.length !== 1 || !isGood)
        await this.#report.wrong("archive-ticket", path, "this is no ticket");
      await this.#pause.take();
    }
  }

  #linked(
    path: string,
    place: string,
  ): { done?: string; trouble?: string } | undefined {
    if (!this.#repairer) return undefined;
    try {
      mkdirSync(dirname(place), { recursive: true });
      if (!claimName(path, place))
        return { trouble: `${place} came to be meanwhile` };
      const done = `linked to ${this.#report.shown(place)}`;
      this.#repairer.log(this.#report.shown(path), done);
      return { done };
    } catch (error) {
      return { trouble: messageOf(error) };
    }
  }
}
