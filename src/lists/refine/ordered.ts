/**
 * A list by the domains of its addresses; those of one domain stay in their order. Memory is flat:
 * what is too large is sorted in runs, which are merged.
 */
import { closeSync, openSync, renameSync, statSync, unlinkSync } from "node:fs";
import { breath } from "../../base/breath.ts";
import { release } from "../../base/memory.ts";
import { writeAll } from "../../spool/durable.ts";
import { Blocks, lineEnd } from "./blocks.ts";
import { MEMORY } from "./distinct.ts";
import { Key } from "./key.ts";
import { KeySet } from "./keySet.ts";
import { merge, type Run } from "./merge.ts";

/** Most domains of a run: their numbers are of 16 bits. */
const DOMAINS = 60_000;
/** Bytes of memory that a domain of a run costs, about. */
const DOMAIN = 256;

/**
 * What a domain (in lower case, a character a byte) is sorted by, another one for each domain;
 * compared as bytes are.
 */
export type Rank = (domain: string) => string;

/**
 * Writes the list to a new file.
 * @param scratch makes the path of a file
 * @param memory bytes of text that may be held at once
 */
export async function ordered(
  from: string,
  to: string,
  rank: Rank,
  scratch: () => string,
  memory = MEMORY,
): Promise<void> {
  const path = scratch();
  const out = openSync(path, "wx", 0o640);
  const runs: Run[] = [];
  try {
    let written = 0;
    for (let read = 0; ; ) {
      const run = await measured(from, read, memory);
      if (run.lines === 0) break;
      await sortInto(out, from, run, rank);
      release(run.domainOf);
      run.domains.free();
      runs.push({ path, start: written, stop: written + run.text });
      written += run.text;
      read = run.stop;
    }
  } finally {
    closeSync(out);
  }
  if (runs.length <= 1) return renameSync(path, to);
  await merge(runs, to, rank, memory);
  unlinkSync(path);
}

/** A part of a list that can be sorted in memory. */
interface Measured {
  /** Bytes of the file. */
  readonly start: number;
  readonly stop: number;
  readonly lines: number;
  /** Bytes of its lines, a line end each. */
  readonly text: number;
  readonly domains: KeySet;
  /** The number of each line's domain. */
  readonly domainOf: Uint16Array;
  /** Bytes of the lines of each domain. */
  readonly sizes: readonly number[];
}

/** How much from `start` on can be sorted at once. */
async function measured(
  path: string,
  start: number,
  memory: number,
): Promise<Measured> {
  const most = Math.max(1, Math.min(DOMAINS, Math.floor(memory / DOMAIN)));
  const blocks = new Blocks(path, { start });
  const key = new Key("domain");
  const first = Math.min(64 * 1024, statSync(path).size);
  const domains = new KeySet(first);
  let domainOf = new Uint16Array(first);
  const sizes: number[] = [];
  let lines = 0;
  let text = 0;
  let stop = start;
  /** Takes lines of the block. @returns whether there is room for more */
  const take = (block: Buffer, end: number): boolean => {
    for (let at = 0, next = 0; at < end; at = next) {
      next = lineEnd(block, at) + 1;
      const size = next - at;
      if (size > 1) {
        const isFull = text + size > memory || domains.size >= most;
        if (isFull && lines > 0) return false;
        key.read(block, at, next - 1);
        if (domains.add(key)) sizes.push(0);
        (sizes[domains.entry] as number) += size;
        if (lines === domainOf.length) domainOf = larger(domainOf);
        domainOf[lines] = domains.entry;
        lines += 1;
        text += size;
      }
      stop += size;
    }
    return true;
  };
  try {
    while (blocks.load()) {
      if (!take(blocks.buffer, blocks.end)) break;
      await breath();
    }
  } finally {
    blocks.close();
  }
  return { start, stop, lines, text, domains, domainOf, sizes };
}

/** A counting sort: where the lines of a domain go is known from how many bytes lie before them. */
async function sortInto(
  fd: number,
  from: string,
  run: Measured,
  rank: Rank,
): Promise<void> {
  const sorted = Buffer.allocUnsafeSlow(run.text);
  const places = placesOf(run, rank);
  const blocks = new Blocks(from, run);
  let line = 0;
  try {
    while (blocks.load()) {
      const { buffer, end } = blocks;
      for (let at = 0; at < end; at += 1) {
        if (buffer[at] === LF) continue;
        const domain = run.domainOf[line++] as number;
        let place = places[domain] as number;
        while (buffer[at] !== LF) sorted[place++] = buffer[at++] as number;
        sorted[place++] = LF;
        places[domain] = place;
      }
      await breath();
    }
    writeAll(fd, sorted);
  } finally {
    blocks.close();
    release(sorted);
  }
}

/** Where the lines of each domain begin. */
function placesOf({ domains, sizes }: Measured, rank: Rank): number[] {
  const order = sizes
    .map((_, domain) => ({ domain, rank: rank(domains.text(domain)) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const places: number[] = sizes.map(() => 0);
  let place = 0;
  for (const { domain } of order) {
    places[domain] = place;
    place += sizes[domain] as number;
  }
  return places;
}

function larger(numbers: Uint16Array): Uint16Array<ArrayBuffer> {
  const found = new Uint16Array(numbers.length * 2);
  found.set(numbers);
  release(numbers);
  return found;
}

const LF = 10;
