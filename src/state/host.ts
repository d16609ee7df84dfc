/**
 * Which host a state in SQLite belongs to: a file `host` beside it, written by the first host that
 * opens the state and read before each opening; and where `state` leads out of the home, a file
 * `state.host` in the home as well, for each host that shares it may have a folder of that name. The link
 * that succeeds decides, so of two hosts that start at once one is refused; after a crash there is the
 * whole file or none.
 */
import { randomUUID } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  statfsSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { machine } from "../base/environment.ts";
import { errnoOf, exit, Failure, messageOf } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";

/** What statfs(2) says of NFS, CIFS, SMB 2 and CephFS. */
const network = [0x6969, 0xff534d42, 0xfe534d42, 0xc36400];

/** Whether a folder lies on a network file system, where SQLite's write-ahead log does not work. */
export function isRemote(folder: string): boolean {
  return network.includes(statfsSync(folder).type);
}

/**
 * Makes sure that the state in a folder is this host's; it becomes so where it was nobody's.
 * Throws a Failure where it is another's, which says what to do.
 */
export function belongsHere(folder: string): void {
  belongs(folder, join(folder, "host"));
}

/** The same of a home whose state lies outside of it. */
export function homeBelongsHere(home: string): void {
  belongs(home, markOf(home));
}

/** Throws the same where a home's state is another's, and changes nothing. */
export function refuseOther(home: string): void {
  const found = read(markOf(home));
  if (found !== undefined) mustBeOurs(found, markOf(home));
}

function markOf(home: string): string {
  return join(home, "state.host");
}

function belongs(folder: string, file: string): void {
  // A local disk is nobody else's, whatever this host is called today.
  const { name, id } = machine(isRemote(folder));
  mustBeOurs(read(file) ?? claimed(folder, file, `${id} ${name}\n`), file);
}

function mustBeOurs(found: string, file: string): void {
  const [theirs = "", ...rest] = found.trim().split(" ");
  // It may have been written where the state lay before, on another kind of file system.
  if ([machine(true), machine(false)].some(({ id }) => id === theirs)) return;
  throw new Failure(
    exit.config,
    `${dirname(file)}: the state of this home is that of the host ${oneLine(rest.join(" "), 80) || "that made it"}, and SQLite serves one host only. ` +
      'To serve several, put it into PostgreSQL: [state] url = "postgres://..." in listmill.toml (docs/state.md). ' +
      `Has the home moved to this host, or did this host get a new machine-id, and no other host opens the state any more? Then remove ${file}. ` +
      "A container that is made anew needs a name that stays: LISTMILL_MACHINE=NAME",
  );
}

/** @returns what stands in the file: the same text where this link was the first */
function claimed(folder: string, file: string, text: string): string {
  const draft = drafted(folder, text);
  try {
    linkSync(draft, file);
    syncFolder(folder);
    return text;
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
    // On NFS a name that was seen absent stays so for a while, unless its folder is listed.
    readdirSync(folder);
    // Where the reply to our own link was lost, this is our text.
    return read(file) ?? "";
  } finally {
    unlinkSync(draft);
  }
}

/** Writes a file of its own. @returns its path */
function drafted(folder: string, text: string): string {
  const draft = join(folder, `.${randomUUID()}.host`);
  let fd: number;
  try {
    fd = openSync(draft, "wx", 0o644);
  } catch (error) {
    throw new Failure(
      exit.ioError,
      `${folder}: ${messageOf(error)}: check that it can be read and written`,
      { cause: error },
    );
  }
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return draft;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
