/**
 * Whether a path can be trusted to be what an administrator has put there: nobody else owns or can
 * write to it or any folder above it, through all links. A group that may write is the
 * administrator's choice.
 * In a sticky folder, such as /tmp, others make names of their own but change none, so there it is
 * the owner of the next name that counts.
 */
import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { errnoOf } from "../base/errors.ts";

const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;
/** Links on the way to one path, as many as Linux follows. */
const LINKS = 40;

/** Users whose files are trusted by whoever runs this program: root, the user, the program's owner. */
export function usuallyTrusted(): number[] {
  const program = lstatSync(fileURLToPath(import.meta.url));
  return [0, program.uid, process.geteuid?.() ?? 0];
}

/** What is wrong with one thing, not looking above it. @param path how it is called */
export function distrust(
  path: string,
  { uid, mode }: Pick<Stats, "uid" | "mode">,
  trusted: ReadonlySet<number>,
): string | undefined {
  if (!trusted.has(uid))
    return `${path}: refused, it belongs to user ${uid}: hooks and the folders above them belong to root, the runner's user or the home's owner (chown root)`;
  if (mode & OTHERS_WRITE)
    return `${path}: refused, others can write to it (chmod o-w)`;
  return undefined;
}

/** Looks at paths of one listing, each component once. */
export class Ways {
  readonly #trusted: ReadonlySet<number>;
  readonly #seen: (path: string) => void;
  readonly #known = new Map<string, Way>();

  /** @param seen told each path that was looked at */
  constructor(trusted: Iterable<number>, seen: (path: string) => void) {
    this.#trusted = new Set(trusted);
    this.#seen = seen;
  }

  /** What is wrong with an absolute path or anything on the way to it; what is not there is fine. */
  problem(path: string): string | undefined {
    return this.#walk(path, LINKS).problem;
  }

  #walk(path: string, links: number): Way {
    const known = this.#known.get(path);
    if (known) return known;
    const above = dirname(path);
    const way: Way = above === path ? { real: path } : this.#walk(above, links);
    const found =
      way.problem === undefined ? this.#step(way.real, path, links) : way;
    this.#known.set(path, found);
    return found;
  }

  /** @param above the real folder that `path` lies in */
  #step(above: string, path: string, links: number): Way {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const real = join(above, name);
    this.#seen(real);
    const stat = lstat(real);
    if (!stat) return { real };
    if (!stat.isSymbolicLink()) {
      const isSticky = stat.isDirectory() && (stat.mode & STICKY) !== 0;
      const mode = isSticky ? stat.mode & ~OTHERS_WRITE : stat.mode;
      const problem = distrust(real, { uid: stat.uid, mode }, this.#trusted);
      return { real, ...(problem && { problem }) };
    }
    // The permissions of a link say nothing.
    const problem = distrust(real, { uid: stat.uid, mode: 0 }, this.#trusted);
    if (problem !== undefined || links === 0)
      return { real, ...(problem && { problem }) };
    return this.#walk(resolve(above, readlinkSync(real)), links - 1);
  }
}

interface Way {
  readonly real: string;
  readonly problem?: string;
}

/** What tells that a component of a way has not changed, whatever happens in it. */
export function ownership(path: string): string {
  const stat = lstat(path);
  if (!stat) return "none";
  const to = stat.isSymbolicLink() ? readlinkSync(path) : "";
  return `${stat.ino}.${stat.uid}.${stat.mode}.${to}`;
}

function lstat(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A file where a folder should be is for others to tell.
    if (["ENOTDIR", "EACCES", "ELOOP"].includes(errnoOf(error) ?? ""))
      return undefined;
    throw error;
  }
}
