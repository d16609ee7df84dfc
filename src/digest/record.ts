/**
 * The record of a claim: what it took, and how its issue is counted. Records that say nothing of volumes
 * are of one volume, the first. Reads files, writes none.
 */
import { readFileSync, statSync } from "node:fs";
import { exit, Failure } from "../base/errors.ts";
import { DAY } from "../base/units.ts";
import { numberPath } from "../lists/sequence.ts";
import { begins, type Calendar } from "./volume.ts";

/** What a claim says of itself. */
export interface Claim {
  /** The id of the entry that claimed. */
  readonly owner: string;
  /** The number of the issue; of the one before where nothing was taken. */
  readonly issue: number;
  /** The numbers of its first and last post; `last` is below `first` where nothing was taken. */
  readonly first: number;
  readonly last: number;
  readonly volume: number;
  /** Its number in the volume; 0 in one that has begun and has none yet. */
  readonly ordinal: number;
  /** When the last issue was made, milliseconds since 1970. */
  readonly time: number;
}

/** What there is before the first claim. */
const none: Claim = {
  owner: "",
  issue: 0,
  first: 1,
  last: 0,
  volume: 1,
  ordinal: 0,
  time: 0,
};

/** How the next claim counts. */
export interface Counting extends Calendar {
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The record behind one. Pure.
 * @param last the number of the last post that it takes; undefined: it takes none
 */
export function following(
  before: Claim,
  owner: string,
  last: number | undefined,
  counting: Counting,
): Claim {
  const first = before.last + 1;
  if (last === undefined) return { ...before, owner, first };
  const { now } = counting;
  // A volume that was begun by hand is new, whatever the day.
  const isNew = before.ordinal > 0 && begins(counting, before.time, now);
  return {
    owner,
    issue: before.issue + 1,
    first,
    last,
    volume: before.volume + (isNew ? 1 : 0),
    ordinal: isNew ? 1 : before.ordinal + 1,
    // Clocks of hosts differ a little; time goes on.
    time: isAhead(before.time, now) ? now : Math.max(now, before.time),
  };
}

/** Whether a time was written by a clock that was wrong. Pure. @param time milliseconds since 1970, as `now` */
export function isAhead(time: number, now: number): boolean {
  return time > now + DAY;
}

/** The record that begins a volume by hand; in a volume without an issue it changes nothing. Pure. */
export function beginning(before: Claim, owner: string): Claim {
  const first = before.last + 1;
  if (before.ordinal === 0) return { ...before, owner, first };
  return { ...before, owner, first, volume: before.volume + 1, ordinal: 0 };
}

export function formatRecord(record: Claim): string {
  const { owner, issue, first, last, volume, ordinal, time } = record;
  return `${JSON.stringify({ owner, issue, first, last, volume, ordinal, time })}\n`;
}

const RECORD =
  /^\{"owner":"([a-z0-9-]+)","issue":([0-9]+),"first":([0-9]+),"last":([0-9]+)(?:,"volume":([0-9]+),"ordinal":([0-9]+),"time":([0-9]+))?\}\n$/;

/** A record; number 0, which there is none of, took nothing. Throws a Failure where it cannot be read. */
export function readRecord(folder: string, number: number): Claim {
  if (number === 0) return none;
  const path = numberPath(folder, number);
  const match = RECORD.exec(readFileSync(path, "utf8"));
  if (match === null)
    throw new Failure(
      exit.dataError,
      `${path} is no record of a claim: put it back from a copy, or write ` +
        `{"owner":"-","issue":N,"first":N,"last":N} with the numbers of an issue and its posts`,
    );
  const [, owner = "", issue, first, last, volume, ordinal, time] = match;
  return {
    owner,
    issue: Number(issue),
    first: Number(first),
    last: Number(last),
    volume: Number(volume ?? 1),
    ordinal: Number(ordinal ?? issue),
    time: Number(time ?? Math.floor(statSync(path).mtimeMs)),
  };
}
