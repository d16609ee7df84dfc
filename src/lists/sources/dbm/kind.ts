/**
 * What kind of database a file is, by its name and its first bytes.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  statSync,
} from "node:fs";
import type { SourceSettings } from "../../schema/sources.ts";
import { berkeleyKind } from "./berkeleyPages.ts";
import { looksLikeCdb } from "./cdb.ts";
import { isLmdb } from "./lmdb.ts";

/** The kinds of files that can be read. */
export type Kind = Exclude<SourceSettings<"dbm">["type"], "auto">;

/** The ending that Postfix puts behind the name of a map. */
const endings: Record<Kind, string> = {
  lmdb: ".lmdb",
  cdb: ".cdb",
  hash: ".db",
  btree: ".db",
  gdbm: ".gdbm",
};

const gdbmMagics = [0x13579acd, 0x13579ace, 0x13579acf, 0x13579ad0, 0x13579ad1];

/** The file that a map of a kind is: its name may come without the ending, as in Postfix's settings. */
export function fileOf(path: string, type: Kind | "auto"): string {
  if (type === "auto" || path.endsWith(endings[type])) return path;
  const whole = `${path}${endings[type]}`;
  return existsSync(whole) ? whole : path;
}

/** The kind of a file. Throws where it is none that is known. */
export function kindOf(path: string): Kind {
  if (statSync(path).isDirectory()) return "lmdb";
  const { start, size } = beginning(path);
  if (isLmdb(start)) return "lmdb";
  const berkeley = berkeleyKind(start);
  if (berkeley) return berkeley;
  if (start.length >= 4)
    for (const magic of [start.readUInt32LE(0), start.readUInt32BE(0)])
      if (gdbmMagics.includes(magic)) return "gdbm";
  if (path.endsWith(".cdb") || looksLikeCdb(start, size)) return "cdb";
  throw new Error(
    `${path}: none of the kinds of DBM files that are known: LMDB, cdb, Berkeley DB (hash, btree), gdbm; name the database itself, such as people.lmdb`,
  );
}

function beginning(path: string): { start: Buffer; size: number } {
  const fd = openSync(path, "r");
  try {
    const start = Buffer.alloc(2048);
    const length = readSync(fd, start, 0, start.length, 0);
    return { start: start.subarray(0, length), size: fstatSync(fd).size };
  } finally {
    closeSync(fd);
  }
}
