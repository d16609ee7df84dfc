/**
 * Members from lines, some thousands at a time: what cannot be read is told with its line, and the
 * rest is taken.
 */
import { exit, Failure } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";
import { keyOf } from "../mail/address.ts";
import type { Added, Joining } from "../state/member.ts";
import { headOf, memberLine } from "./memberLine.ts";

export interface Imported {
  added: number;
  changed: number;
  present: number;
  /** Lines that were not taken. */
  refusals: number;
  /** The first hundred of them, `line` from 1. */
  readonly refused: { line: number; text: string; why: string }[];
}

/** Refused lines that are told one by one: memory is flat, whatever a file holds. */
const TOLD = 100;

/** What `linesOf` marks. */
const notUtf8 = {
  why: "it is not UTF-8; convert the file, such as with iconv",
};

/** Members written in one transaction. */
const BATCH = 5000;

/**
 * Reads lines and has them written. Empty lines and lines that begin with # are passed over; the
 * first of the others may be a header.
 * @param name of the text, for errors
 * Throws a Failure, before anything is written, where the header names what is no column.
 */
export async function importLines(
  lines: AsyncIterable<string> | Iterable<string>,
  name: string | undefined,
  write: (some: readonly Joining[]) => Promise<readonly Added[]>,
): Promise<Imported> {
  const result: Imported = {
    added: 0,
    changed: 0,
    present: 0,
    refusals: 0,
    refused: [],
  };
  let batch: Joining[] = [];
  const flush = async () => {
    for (const one of await write(batch)) result[one] += 1;
    batch = [];
  };
  let head: readonly string[] | undefined;
  let isFirst = true;
  let line = 0;
  for await (const raw of lines) {
    line += 1;
    const text = line === 1 ? raw.replace(/^\ufeff/, "") : raw;
    if (/^\s*(#|$)/.test(text)) continue;
    if (isFirst) {
      isFirst = false;
      const found = headOf(text);
      if (found && "why" in found)
        throw new Failure(
          exit.dataError,
          `${placeIn(name, line)}: ${found.why}; nothing was imported`,
        );
      head = found;
      if (head) continue;
    }
    const read = text.isWellFormed() ? memberLine(text, head) : notUtf8;
    if ("why" in read) {
      result.refusals += 1;
      const shown = oneLine(text.toWellFormed(), 200);
      if (result.refused.length < TOLD)
        result.refused.push({ line, text: shown, why: read.why });
    } else {
      batch.push({ ...read, key: keyOf(read.address) });
      if (batch.length >= BATCH) await flush();
    }
  }
  await flush();
  return result;
}

/** A line of a text, as errors name it. @param name undefined: it has none */
export function placeIn(name: string | undefined, line: number): string {
  return name === undefined ? `line ${line}` : `${name}:${line}`;
}
