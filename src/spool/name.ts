/**
 * The name of an entry carries its schedule: `<due>.<attempt>.<id>`, and for a part of an explosion
 * its lane, `<due>.<attempt>.<id>.<list>-<post>-<size>`. One readdir of a queue is the whole
 * timetable, oldest first, and nothing is opened to find out that it is not due, or whose turn it
 * is. Pure but for the random part of an id.
 */
import { createHash, randomBytes } from "node:crypto";

export interface Name {
  /** The second (since 1970) from which the entry may be taken. */
  readonly due: number;
  /** How often it was tried. */
  readonly attempt: number;
  /** Sorts by time of birth, unique over all hosts, stable over retries. */
  readonly id: string;
  /** Whose turn it is when it is taken; only entries with a distribution list have one. */
  readonly lane?: Lane;
}

/** What a queue must know of an entry to be fair to lists and posts. */
export interface Lane {
  /** Four characters that stand for the list. */
  readonly list: string;
  /** Six characters that stand for the post. */
  readonly post: string;
  /** How many recipients it has. */
  readonly size: number;
}

const shape =
  /^(\d{10})\.(0|[1-9]\d{0,4})\.([0-9a-z]{9}-[0-9a-z]{12})(?:\.([0-9a-z]{4})-([0-9a-z]{6})-(0|[1-9]\d{0,9}))?$/;

/** The parts of an entry's name, or undefined where it is none. */
export function parseName(text: string): Name | undefined {
  const found = shape.exec(text);
  if (!found) return undefined;
  const [, due, attempt, id = "", list, post = "", size] = found;
  const name = { due: Number(due), attempt: Number(attempt), id };
  return list === undefined
    ? name
    : { ...name, lane: { list, post, size: Number(size) } };
}

const lastDue = 9_999_999_999;
const lastAttempt = 99_999;
const lastSize = 9_999_999_999;

/** The name as text, which parseName takes: a part beyond its figures is the last one. */
export function formatName({ due, attempt, id, lane }: Name): string {
  const second = Math.min(Math.max(0, Math.floor(due)), lastDue);
  const plain = `${String(second).padStart(10, "0")}.${Math.min(attempt, lastAttempt)}.${id}`;
  if (!lane) return plain;
  return `${plain}.${lane.list}-${lane.post}-${Math.min(lane.size, lastSize)}`;
}

/**
 * The lane of a part of an explosion. Two lists or posts may come by the same one, and then share it.
 * @param post what all parts of the post have in common
 */
export function laneOf(list: string, post: string, size: number): Lane {
  return { list: short(list, 4), post: short(post, 6), size };
}

function short(text: string, length: number): string {
  const bits = createHash("sha256").update(text).digest().readUIntBE(0, 6);
  return bits.toString(36).padStart(length, "0").slice(-length);
}

let counter = 0;

/** A new id. @param now milliseconds */
export function newId(now: number): string {
  counter = (counter + 1) % 1296;
  const time = Math.floor(now).toString(36).padStart(9, "0");
  const order = counter.toString(36).padStart(2, "0");
  const random = randomBytes(8)
    .readBigUInt64BE()
    .toString(36)
    .padStart(13, "0");
  return `${time}-${order}${random.slice(-10)}`;
}

/** The name of another entry that takes the place of one: its age counts from the first. */
export function successor(name: Name): Name {
  return { ...name, id: newId(birth(name.id)) };
}

/** The same, for so many recipients. */
export function sized(name: Name, size: number): Name {
  return name.lane ? { ...name, lane: { ...name.lane, size } } : name;
}

/** The second in which a moment lies, as names have it. @param now milliseconds */
export function secondOf(now: number): number {
  return Math.floor(now / 1000);
}

/** The name of an entry that is due at once and was never tried. @param now milliseconds */
export function freshName(now: number, id = newId(now)): Name {
  return { due: secondOf(now), attempt: 0, id };
}

/** When an id was made, in milliseconds. */
export function birth(id: string): number {
  return Number.parseInt(id.slice(0, 9), 36);
}

/** The name of an entry's folder while it lies in `out/`: its queue, and what it is called there. */
export function childName(queue: string, name: Name): string {
  return `${queue}.${formatName(name)}`;
}

/** The parts of such a name, or undefined where it is none. */
export function parseChildName(
  text: string,
): { queue: string; name: Name } | undefined {
  const dot = text.indexOf(".");
  const name = parseName(text.slice(dot + 1));
  return name && { queue: text.slice(0, dot), name };
}

const queueShape = /^[a-z][a-z0-9-]{0,62}$/;

/** Whether this can be the name of a queue: it becomes a folder's name. */
export function isQueueName(text: string): boolean {
  return queueShape.test(text) && text !== "nodes";
}
