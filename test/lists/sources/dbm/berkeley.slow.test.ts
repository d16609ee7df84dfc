// Files as db_page.h describes them, made by hand; those of the real library are in test/road.
import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { berkeleyEntries } from "../../../../src/lists/sources/dbm/berkeley.ts";

type Entry = readonly [string, string];
const PAGE = 512;

function read(path: string): Entry[] {
  return [...berkeleyEntries(path)].map(({ key, value }) => [
    key.toString(),
    value.toString(),
  ]);
}

/** Numbers in one byte order or the other. */
function writer(big: boolean) {
  return {
    long: (page: Buffer, at: number, value: number) =>
      big ? page.writeUInt32BE(value, at) : page.writeUInt32LE(value, at),
    short: (page: Buffer, at: number, value: number) =>
      big ? page.writeUInt16BE(value, at) : page.writeUInt16LE(value, at),
  };
}

/** A hash file of two buckets on pages 1 and 2; what does not fit goes to a page behind them. */
function hashFile(entries: readonly Entry[], big: boolean): Buffer {
  const { long, short } = writer(big);
  const pages: Buffer[] = [Buffer.alloc(PAGE)];
  const page = (number: number) => {
    const made = Buffer.alloc(PAGE);
    long(made, 8, number);
    made[25] = 13;
    short(made, 22, PAGE);
    pages[number] = made;
    return made;
  };
  const items = (of: Buffer) =>
    big ? of.readUInt16BE(20) : of.readUInt16LE(20);
  const low = (of: Buffer) => (big ? of.readUInt16BE(22) : of.readUInt16LE(22));
  const tails: [Buffer, Buffer] = [page(1), page(2)];
  entries.forEach(([key, value], n) => {
    const data = [key, value].map((one) =>
      Buffer.concat([Buffer.from([1]), Buffer.from(one)]),
    );
    const bucket = n % 2;
    let tail = tails[bucket as 0 | 1];
    const size = data.reduce((sum, one) => sum + one.length, 0);
    if (low(tail) - size < 26 + 2 * items(tail) + 4) {
      const next = page(pages.length);
      long(tail, 16, pages.length - 1);
      tails[bucket as 0 | 1] = next;
      tail = next;
    }
    for (const one of data) {
      const at = low(tail) - one.length;
      one.copy(tail, at);
      short(tail, 26 + 2 * items(tail), at);
      short(tail, 22, at);
      short(tail, 20, items(tail) + 1);
    }
  });
  const meta = pages[0] ?? Buffer.alloc(0);
  long(meta, 12, 0x00061561);
  long(meta, 16, 9);
  long(meta, 20, PAGE);
  meta[25] = 8;
  long(meta, 32, pages.length - 1);
  long(meta, 72, 1);
  long(meta, 88, entries.length);
  long(meta, 96, 1);
  long(meta, 100, 1);
  return Buffer.concat(pages);
}

const numbered = (count: number): Entry[] =>
  Array.from({ length: count }, (_, n) => [`u${n}@example.org`, `value ${n}`]);

const sorted = (all: Entry[]) => all.map(String).sort();

t.test("any entries, in either byte order", (t) => {
  const path = join(t.testdir(), "a.db");
  const text = fc.string({ maxLength: 60 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(text, text), { maxLength: 60 }),
      fc.boolean(),
      (entries, big) => {
        writeFileSync(path, hashFile(entries, big));
        assert.deepEqual(sorted(read(path)), sorted(entries));
      },
    ),
    { numRuns: 100 },
  );
  t.end();
});

t.test("a bucket that was never used is told from one that was lost", (t) => {
  const path = join(t.testdir(), "a.db");
  const one = hashFile(numbered(1), false);
  one.fill(0, 2 * PAGE, 3 * PAGE);
  writeFileSync(path, one);
  t.equal(read(path).length, 1);
  // Postfix lets the library begin to count at 4096.
  one.writeUInt32LE(4097, 88);
  writeFileSync(path, one);
  t.equal(read(path).length, 1);
  const two = hashFile(numbered(2), false);
  two.fill(0, 2 * PAGE, 3 * PAGE);
  writeFileSync(path, two);
  t.throws(() => read(path), /it lacks 1 page$/);
  t.end();
});

t.test("a page that nothing leads to any more is missed", (t) => {
  const path = join(t.testdir(), "a.db");
  const file = hashFile(numbered(100), false);
  file.writeUInt32LE(0, PAGE + 16);
  writeFileSync(path, file);
  t.throws(() => read(path), /entries that nothing leads to/);
  t.end();
});

t.test("a file that was cut or harmed ends, and gives no fewer", (t) => {
  const path = join(t.testdir(), "a.db");
  const whole = hashFile(numbered(200), false);
  for (let at = 0; at < whole.length; at += 100) {
    writeFileSync(path, whole.subarray(0, at));
    t.throws(() => read(path), /not a Berkeley DB file/);
  }
  const harm = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(harm, { minLength: 1, maxLength: 6 }), (harms) => {
      const bytes = Buffer.from(whole);
      for (const [at, byte] of harms) bytes[at] = byte;
      writeFileSync(path, bytes);
      try {
        assert.equal(read(path).length, 200);
      } catch (error) {
        assert.match(String(error), /Berkeley DB|not read|several|too large/);
      }
    }),
    { numRuns: 1000 },
  );
  t.end();
});

t.test("a file that is written to while it is read throws", (t) => {
  const path = join(t.testdir(), "a.db");
  writeFileSync(path, hashFile(numbered(100), true));
  const entries = berkeleyEntries(path);
  entries.next();
  appendFileSync(path, "x");
  t.throws(() => [...entries], /changed while it was read/);
  t.end();
});

t.test("kinds that are not read say so", (t) => {
  const path = join(t.testdir(), "a.db");
  for (const [at, byte, words] of [
    [16, 6, /version 6 .* is not read/],
    [26, 1, /checksums .* is not read/],
    [24, 1, /encryption.* is not read/],
  ] as const) {
    const file = hashFile(numbered(3), false);
    file[at] = byte;
    writeFileSync(path, file);
    t.throws(() => read(path), words);
  }
  t.end();
});
