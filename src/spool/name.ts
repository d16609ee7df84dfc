/**
 * The name of an entry carries its schedule: `<due>.<attempt>.<id>`. One readdir of a queue is
 * the whole timetable, oldest first, and nothing is opened to find out that it is not due. Pure
 * but for the random part of an id.
 */
import { randomBytes } from "node:crypto";

export interface Name {
  /** The second (since 1970) from which the entry may be taken. */
  readonly due: number;
  /** How often it was tried. */
  readonly attempt: number;
  /** Sorts by time of birth, unique over all hosts, stable over retries. */
  readonly id: string;
}

const shape = /^(\d{10})\.(0|[1-9]\d{0,4})\.([0-9a-z]{9}-[0-9a-z]{12})$/;

/** The parts of an entry's name, or undefined where it is none. */
export function parseName(text: string): Name | undefined {
  const found = shape.exec(text);
  if (!found) return undefined;
  return {
    due: Number(found[1]),
    attempt: Number(found[2]),
    id: String(found[3]),
  };
}

const lastDue = 9_999_999_999;
const lastAttempt = 99_999;

/** The name as text, which parseName takes: a due or attempt beyond its figures is the last one. */
export function formatName({ due, attempt, id }: Name): string {
  const second = Math.min(Math.max(0, Math.floor(due)), lastDue);
  return `${String(second).padStart(10, "0")}.${Math.min(attempt, lastAttempt)}.${id}`;
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

/** When an id was made, in milliseconds. */
export function birth(id: string): number {
  return Number.parseInt(id.slice(0, 9), 36);
}

const queueShape = /^[a-z][a-z0-9-]{0,62}$/;

/** Whether this can be the name of a queue: it becomes a folder's name. */
export function isQueueName(text: string): boolean {
  return queueShape.test(text) && text !== "nodes";
}
