/**
 * Merges runs of lines, each sorted by domain, into one file. What is equal comes in the order of
 * the runs. Memory is a buffer for each run.
 */
import { breath } from "../../base/breath.ts";
import { Blocks, lineEnd } from "./blocks.ts";
import { Key } from "./key.ts";
import type { Rank } from "./ordered.ts";
import { Output } from "./output.ts";

/** Lines of a part of a file; bytes. */
export interface Run {
  readonly path: string;
  readonly start: number;
  readonly stop: number;
}

/** Domains that are gone through before others may go on. */
const TURN = 2000;
const LEAST = 4096;
const MOST = 512 * 1024;

/** @param memory bytes that buffers may take, about */
export async function merge(
  runs: readonly Run[],
  to: string,
  rank: Rank,
  memory: number,
): Promise<void> {
  const size = Math.max(
    LEAST,
    Math.min(MOST, Math.floor(memory / runs.length)),
  );
  const out = new Output(to);
  const readers = runs.map((run, order) => new Reader(run, order, rank, size));
  try {
    const heap = readers.filter((reader) => reader.next());
    heap.sort((a, b) => (isBefore(a, b) ? -1 : 1));
    for (let turns = 0; heap.length > 0; turns += 1) {
      if (!(heap[0] as Reader).copyDomain(out)) {
        const last = heap.pop() as Reader;
        if (heap.length > 0) heap[0] = last;
      }
      sink(heap);
      if (turns % TURN === 0) await breath();
    }
    out.flush();
  } finally {
    for (const reader of readers) reader.close();
    out.close();
  }
}

function isBefore(a: Reader, b: Reader): boolean {
  return a.rank === b.rank ? a.order < b.order : a.rank < b.rank;
}

/** Puts the first of a heap where it belongs. */
function sink(heap: Reader[]): void {
  for (let at = 0; ; ) {
    let least = at;
    for (let child = 2 * at + 1; child <= 2 * at + 2; child += 1)
      if (
        child < heap.length &&
        isBefore(heap[child] as Reader, heap[least] as Reader)
      )
        least = child;
    if (least === at) return;
    const moved = heap[at] as Reader;
    heap[at] = heap[least] as Reader;
    heap[least] = moved;
    at = least;
  }
}

/** A run, a domain at a time. */
class Reader {
  /** Its place among the runs. */
  readonly order: number;
  /** Of the domain at hand. */
  rank = "";
  readonly #rank: Rank;
  readonly #blocks: Blocks;
  /** The line at hand, without its line end. */
  #start = 0;
  #end = -1;
  /** Its domain, and that of the line before. */
  #key = new Key("domain");
  #last = new Key("domain");

  constructor(run: Run, order: number, rank: Rank, size: number) {
    this.#blocks = new Blocks(run.path, { ...run, size });
    this.order = order;
    this.#rank = rank;
  }

  /** Copies all lines of the domain at hand. @returns whether there is another domain */
  copyDomain(out: Output): boolean {
    do {
      out.add(this.#blocks.buffer, this.#start, this.#end + 1);
      if (!this.#step()) return false;
    } while (this.#key.equals(this.#last));
    this.#ranked();
    return true;
  }

  /** Goes to the first line; false where there is none. */
  next(): boolean {
    if (!this.#step()) return false;
    this.#ranked();
    return true;
  }

  close(): void {
    this.#blocks.close();
  }

  #step(): boolean {
    const blocks = this.#blocks;
    this.#start = this.#end + 1;
    if (this.#start >= blocks.end) {
      if (!blocks.load()) return false;
      this.#start = 0;
    }
    this.#end = lineEnd(blocks.buffer, this.#start);
    const last = this.#last;
    this.#last = this.#key;
    this.#key = last;
    this.#key.read(blocks.buffer, this.#start, this.#end);
    return true;
  }

  #ranked(): void {
    this.rank = this.#rank(this.#key.text());
  }
}
