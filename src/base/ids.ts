/** Ids of what has happened: they sort by time, and are unique over all hosts. Pure but for random ones. */
import { createHash, randomBytes } from "node:crypto";

let moment = 0;
let order = 0;

/** A new one; those of one process sort as they were made. @param now milliseconds since 1970 */
export function timedId(now: number): string {
  order = now === moment ? (order + 1) % 46_656 : 0;
  moment = now;
  const random = letters(randomBytes(8), 9);
  return `${timeOf(now)}-${order.toString(36).padStart(3, "0")}${random}`;
}

/** The same one each time for the same moment and text. @param now milliseconds since 1970 */
export function derivedId(now: number, text: string): string {
  const hash = createHash("sha256").update(text).digest();
  return `${timeOf(now)}-${letters(hash, 12)}`;
}

function timeOf(now: number): string {
  return Math.floor(now).toString(36).padStart(9, "0");
}

function letters(bytes: Buffer, count: number): string {
  return bytes.readBigUInt64BE().toString(36).padStart(13, "0").slice(-count);
}
