/** People for rosters to measure, in no order, as a directory would give them. */
import { closeSync, openSync, writeSync } from "node:fs";

const DOMAINS = 9973;
const CHUNK = 10_000;

/** The address of one of them. */
export function personOf(number: number): string {
  return `member${number}@host${number % DOMAINS}.example`;
}

/**
 * Writes their lines to a new file.
 * @param lineOf of an address
 */
export function writePeople(
  path: string,
  count: number,
  lineOf = (address: string) => address,
): void {
  const file = openSync(path, "w");
  for (let from = 0; from < count; from += CHUNK) {
    const size = Math.min(CHUNK, count - from);
    const lines = Array.from({ length: size }, (_, n) => {
      const person = personOf(((from + n) * 7919) % count);
      return `${lineOf(person)}\n`;
    });
    writeSync(file, lines.join(""));
  }
  closeSync(file);
}
