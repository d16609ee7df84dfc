/**
 * What the code under test gets for `node:fs` and `node:crypto`: each system call is asked of the
 * model. Functions that are several calls (`rmSync`, `mkdirSync` with parents) make the calls that
 * Node makes, so that others come between them.
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { ask, random } from "./replay.ts";

export { createHash };

type Done = (error: Error | null) => void;

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

export const renameSync = (from: string, to: string) => ask("rename", from, to);
export const linkSync = (from: string, to: string) => ask("link", from, to);
export const unlinkSync = (path: string) => ask("unlink", path);
export const rmdirSync = (path: string) => ask("rmdir", path);
export const closeSync = (fd: number) => ask("close", fd);
export const utimesSync = (path: string) => ask("utimes", path);
export const openSync = (path: string, flags = "r") => ask("open", path, flags);

export function mkdirSync(
  path: string,
  { recursive = false } = {},
): string | undefined {
  if (!recursive) {
    ask("mkdir", path);
    return undefined;
  }
  try {
    ask("mkdir", path);
    return path;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return undefined;
    if (codeOf(error) !== "ENOENT") throw error;
    const first = mkdirSync(dirname(path), { recursive });
    return mkdirSync(path, { recursive }) && (first ?? path);
  }
}

export function readdirSync(path: string, { withFileTypes = false } = {}) {
  const found = ask("list", path) as string[];
  const all = found.map((name) => ({
    name: name.replace("/", ""),
    isFile: () => !name.endsWith("/"),
    isDirectory: () => name.endsWith("/"),
  }));
  return withFileTypes ? all : all.map(({ name }) => name);
}

/** Its names are those of one listing. */
export function opendirSync(path: string) {
  const names = readdirSync(path, { withFileTypes: true });
  return { readSync: () => names.shift() ?? null, closeSync() {} };
}

interface StatOptions {
  readonly bigint?: boolean;
  readonly throwIfNoEntry?: boolean;
}

export function lstatSync(path: string, options: StatOptions = {}) {
  try {
    return statOf(ask("lstat", path) as string[], options);
  } catch (error) {
    if (options.throwIfNoEntry === false && codeOf(error) === "ENOENT")
      return undefined;
    throw error;
  }
}

export const statSync = lstatSync;

export function fstatSync(fd: number) {
  return statOf(ask("fstat", fd) as string[], {});
}

/** Nothing in a model ages. */
function statOf([kind, inode, size]: string[], { bigint }: StatOptions) {
  const number = (text = "") => (bigint ? BigInt(text) : Number(text));
  return {
    ino: number(inode),
    dev: number("1"),
    size: number(size),
    mtimeMs: number("0"),
    isFile: () => kind === "file",
    isDirectory: () => kind === "folder",
  };
}

export function readFileSync(path: string, encoding?: string) {
  const text = ask("read", path) as string;
  return encoding ? text : Buffer.from(text, "latin1");
}

export function writeFileSync(path: string, data: string): void {
  const fd = ask("open", path, "w") as number;
  if (data !== "") ask("write", fd, data);
  ask("close", fd);
}

export function writeSync(
  fd: number,
  data: Uint8Array,
  start = 0,
  length = data.length - start,
) {
  const bytes = Buffer.from(data.subarray(start, start + length));
  return ask("write", fd, bytes.toString("latin1"));
}

export function readSync(
  fd: number,
  buffer: Buffer,
  offset: number,
  length: number,
  position: number,
) {
  return buffer.write(
    ask("pread", fd, length, position) as string,
    offset,
    "latin1",
  );
}

/** Told later, as the thread pool does. */
export function fsync(fd: number, done: Done): void {
  queueMicrotask(() => {
    try {
      ask("fsync", fd);
    } catch (error) {
      done(error as Error);
      return;
    }
    done(null);
  });
}

export const fdatasync = fsync;

/** As `std::filesystem::remove_all`: what lies in a folder is removed by the open folder, not by its path. */
export function rmSync(
  path: string,
  { recursive = false, force = false } = {},
): void {
  try {
    const isFolder = lstatSync(path)?.isDirectory();
    if (!isFolder) ask("unlink", path);
    else if (!recursive)
      throw Object.assign(new Error(path), { code: "ERR_FS_EISDIR" });
    else {
      empty(ask("open", path, "r") as number);
      ask("rmdir", path);
    }
  } catch (error) {
    if (!force || codeOf(error) !== "ENOENT") throw error;
  }
}

function empty(fd: number): void {
  for (const name of ask("listAt", fd) as string[])
    try {
      if (name.endsWith("/")) {
        empty(ask("openAt", fd, name.slice(0, -1)) as number);
        ask("rmdirAt", fd, name.slice(0, -1));
      } else ask("unlinkAt", fd, name);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
    }
  ask("close", fd);
}

export function existsSync(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

const notModelled = () => {
  throw new Error("not part of the model");
};
export const ftruncateSync = notModelled;
export const readlinkSync = notModelled;
export const createReadStream = notModelled;
export const mkdtempSync = notModelled;
export const fsyncSync = notModelled;
export default {};

let idsMade = 0;

/** The spool's ids count from 0 again: they count in a variable of a module. */
export function countFromZero(newId: (now: number) => string): void {
  while (idsMade % 1296 !== 0) newId(0);
}

export function randomBytes(size: number): Buffer {
  idsMade += 1;
  const bytes = Buffer.alloc(size);
  bytes.write(random());
  return bytes;
}

export function randomUUID(): string {
  return random();
}
