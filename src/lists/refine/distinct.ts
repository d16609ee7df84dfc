/**
 * Each address of a list once, the first of those that are the same, in their order. Memory is
 * flat: a list that is too large is dealt out by hash into files in which all that are the same
 * meet again.
 */
import { statSync, unlinkSync } from "node:fs";
import { eachLine, type Filtered, filtered } from "./filter.ts";
import { HASH, Key, type Sameness } from "./key.ts";
import { KeySet } from "./keySet.ts";
import { Output } from "./output.ts";

/** Bytes of text that are looked at in memory. */
export const MEMORY = 4 * 2 ** 20;
/** Most files at once. */
const PARTS = 256;

/**
 * Writes the list to a new file.
 * @param sameness what two spellings of an address may differ in
 * @param scratch makes the paths of files that may be left behind
 * @param memory bytes of text that may be held at once
 */
export async function distinct(
  from: string,
  to: string,
  sameness: Sameness,
  scratch: () => string,
  memory = MEMORY,
): Promise<Filtered> {
  const { size } = statSync(from);
  if (size <= memory) return once(from, to, sameness, size);
  const parts = 2 ** Math.ceil(Math.log2((size * 2) / memory));
  const dealt = await deal(from, sameness, {
    paths: Array.from({ length: Math.min(parts, PARTS) }, scratch),
    buffer: Math.max(1024, Math.min(65_536, memory / parts)),
  });
  const doubles = new Uint8Array(Math.ceil(dealt.lines / 8));
  for (const path of dealt.paths) {
    await mark(path, doubles);
    unlinkSync(path);
  }
  let line = -1;
  return filtered(from, to, () => {
    line += 1;
    return ((doubles[line >>> 3] as number) & (1 << (line & 7))) === 0;
  });
}

async function once(
  from: string,
  to: string,
  sameness: Sameness,
  size: number,
): Promise<Filtered> {
  const key = new Key(sameness);
  const seen = new KeySet(size);
  try {
    return await filtered(from, to, (block, start, end) => {
      key.read(block, start, end);
      return seen.add(key);
    });
  } finally {
    seen.free();
  }
}

/** Writes each line's number and key into the file where those that are the same are. */
async function deal(
  from: string,
  sameness: Sameness,
  to: { readonly paths: readonly string[]; readonly buffer: number },
) {
  const { paths } = to;
  const key = new Key(sameness);
  const number = Buffer.alloc(NUMBER);
  const shift = HASH - Math.log2(paths.length);
  const parts: Output[] = [];
  let lines = 0;
  try {
    for (const path of paths) parts.push(new Output(path, to.buffer));
    await eachLine(from, (block, start, end) => {
      key.read(block, start, end);
      const part = parts[key.hash >>> shift] as Output;
      setNumber(number, lines);
      part.add(number, 0, NUMBER);
      part.add(key.bytes, 0, key.length);
      part.add(END, 0, 1);
      lines += 1;
    });
    for (const part of parts) part.flush();
  } finally {
    for (const part of parts) part.close();
  }
  return { paths, lines };
}

/** Marks the lines of a part whose key was there before. @param doubles a bit a line */
async function mark(path: string, doubles: Uint8Array): Promise<void> {
  const key = new Key("bytes");
  const seen = new KeySet(statSync(path).size);
  try {
    await eachLine(path, (block, start, end) => {
      key.read(block, start + NUMBER, end);
      if (seen.add(key)) return;
      const line = numberAt(block, start);
      (doubles[line >>> 3] as number) |= 1 << (line & 7);
    });
  } finally {
    seen.free();
  }
}

const END = Buffer.from("\n");
/** Bytes of a line's number: seven bits each and the eighth set, so that none is a line end. */
const NUMBER = 5;

function setNumber(bytes: Buffer, number: number): void {
  let left = number;
  for (let at = 0; at < NUMBER; at += 1) {
    bytes[at] = (left % 128) + 128;
    left = Math.floor(left / 128);
  }
}

function numberAt(bytes: Buffer, start: number): number {
  let number = 0;
  for (let at = NUMBER - 1; at >= 0; at -= 1)
    number = number * 128 + (bytes[start + at] as number) - 128;
  return number;
}
