/**
 * The files of an entry, each looked at on its own: is it there, can it be read, does it say what it
 * must. What a sync has promised is believed: nothing tells a message that lost its end.
 */
import { closeSync, lstatSync, openSync, readSync, type Stats } from "node:fs";
import { join } from "node:path";
import { type Envelope, type Read, readEnvelope } from "../envelope.ts";
import type { Name } from "../name.ts";
import { progressOf } from "../progress.ts";
import { recipientsFile, wholeList } from "../recipients.ts";
import { type Account, may, READ } from "./account.ts";
import type { Kind, Trouble } from "./finding.ts";

const LF = 10;

/** A file of an entry that can be looked into; else what is wrong with it. */
function fileAt(
  entry: string,
  file: string,
  account: Account,
  kind: Kind,
): Stats | Trouble {
  const path = join(entry, file);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return { kind, file, what: "it is missing" };
  if (!stat.isFile()) return { kind, file, what: "it is no file" };
  if (!may(account, path, stat, READ))
    return { kind: "unreachable", file, what: notFor(account, stat) };
  return stat;
}

/** For whom something is not. */
export function notFor({ uid }: Account, stat: Stats): string {
  const mode = (stat.mode & 0o777).toString(8).padStart(4, "0");
  return `it belongs to account ${stat.uid} with mode ${mode}, and is closed to account ${uid}`;
}

/** The file last found to have bytes: all entries of a post share one. */
let sound = "";

/** @param file another name of it: an MTA gives it one in `incoming/new` */
export function messageTrouble(
  entry: string,
  account: Account,
  file = "message",
): Trouble | undefined {
  const stat = fileAt(entry, file, account, "no-message");
  if ("kind" in stat) return stat;
  const kind = "empty-message";
  if (stat.size === 0) return { kind, file, what: "it has no bytes" };
  const identity = `${stat.dev}.${stat.ino}.${stat.size}`;
  if (identity === sound) return undefined;
  const [first, last] = bytesAt(join(entry, file), [0, stat.size - 1]);
  // What a power failure leaves of a file whose length was on disk before its bytes.
  if (first === 0 || last === 0)
    return { kind, file, what: "zeros stand where its bytes should be" };
  sound = identity;
  return undefined;
}

/** Undefined where the account may not read it, which messageTrouble and the like tell. */
export function envelopeAt(
  entry: string,
  account: Account,
): { read: Read } | Trouble {
  const stat = fileAt(entry, "envelope.json", account, "no-envelope");
  if (!("kind" in stat)) return { read: readEnvelope(entry) };
  if (stat.what !== "it is missing") return { ...stat, kind: badOr(stat.kind) };
  return { read: { kind: "missing" } };
}

function badOr(kind: Kind): Kind {
  return kind === "no-envelope" ? "bad-envelope" : kind;
}

/** @param needsList whether its queue is one of distribution lists */
export function listTrouble(
  entry: string,
  name: Name,
  { portion }: Envelope,
  account: Account,
  files: readonly string[],
  needsList: boolean,
): Trouble | undefined {
  const file = "recipients";
  const isThere = files.includes(file);
  if (!isThere && !portion && !name.lane && !needsList) return undefined;
  const stat = fileAt(entry, file, account, "no-recipients");
  if ("kind" in stat) return stat;
  const bad = (what: string): Trouble => ({
    kind: "bad-recipients",
    file,
    what,
  });
  const path = recipientsFile(entry);
  if (portion) {
    const { start, end, count } = portion;
    if (end > stat.size)
      return bad(`it has ${stat.size} bytes, and the portion ends at ${end}`);
    const [before = LF, last = LF] = bytesAt(path, [start - 1, end - 1]);
    if (before !== LF || (last !== LF && end < stat.size))
      return bad("the portion does not begin or end where a line does");
    const { count: found } = wholeList(path, portion);
    return found === count
      ? undefined
      : bad(`the portion has ${found} lines, not ${count}`);
  }
  if (!name.lane)
    return needsList && stat.size === 0 ? bad("nobody is on it") : undefined;
  const { count } = wholeList(path);
  return count === name.lane.size
    ? undefined
    : bad(`it has ${count} lines, not ${name.lane.size}`);
}

const notes =
  /^(?:sent|never|later|dropped)\t([0-9]+(?:-[0-9]+)?(?:,[0-9]+(?:-[0-9]+)?)*)\t/;

/** A torn last line is none, as for all who read it. */
export function progressTrouble(
  entry: string,
  name: Name,
  { portion }: Envelope,
  account: Account,
  files: readonly string[],
): Trouble | undefined {
  const file = "progress";
  if (!files.includes(file)) return undefined;
  const stat = fileAt(entry, file, account, "bad-progress");
  if ("kind" in stat) return stat;
  const most = portion?.count ?? name.lane?.size ?? Number.MAX_SAFE_INTEGER;
  const bad = (what: string): Trouble => ({ kind: "bad-progress", file, what });
  for (const [at, line] of progressOf(entry).entries()) {
    if (line.startsWith("done\t")) continue;
    const [, places] = notes.exec(line) ?? [];
    if (places === undefined) return bad(`line ${at + 1} is no note`);
    for (const place of places.split(/[-,]/))
      if (Number(place) < 1 || Number(place) > most)
        return bad(`line ${at + 1} tells of recipient ${place} of ${most}`);
  }
  return undefined;
}

/** Entries that follow from it are linked to these files: without one it can never be cut or divided. */
export function givenTrouble(
  entry: string,
  { given = [] }: Envelope,
  account: Account,
): Trouble | undefined {
  const kind = "bad-given";
  if (!Array.isArray(given))
    return { kind, file: "envelope.json", what: "given is no list" };
  const sizes = new Map<string, number>();
  for (const part of given) {
    const { file, start, end } = part ?? {};
    if (typeof file !== "string" || !/^given(\.\d+)?$/.test(file))
      return { kind, file: "envelope.json", what: "given names no file of it" };
    let size = sizes.get(file);
    if (size === undefined) {
      const stat = fileAt(entry, file, account, kind);
      if ("kind" in stat) return stat;
      size = stat.size;
      sizes.set(file, size);
    }
    if (!(start >= 0 && start <= end && end <= size))
      return {
        kind,
        file,
        what: `it has ${size} bytes, and ${end} are told of`,
      };
  }
  return undefined;
}

/** Undefined for a byte before the file or behind it. */
function bytesAt(
  path: string,
  places: readonly number[],
): (number | undefined)[] {
  const fd = openSync(path, "r");
  const byte = Buffer.alloc(1);
  try {
    return places.map((place) =>
      place >= 0 && readSync(fd, byte, 0, 1, place) === 1 ? byte[0] : undefined,
    );
  } finally {
    closeSync(fd);
  }
}
