import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import {
  cdbEntries,
  looksLikeCdb,
} from "../../../../src/lists/sources/dbm/cdb.ts";

type Entry = readonly [string, string];

function read(path: string): Entry[] {
  return [...cdbEntries(path)].map(({ key, value }) => [
    key.toString(),
    value.toString(),
  ]);
}

/** Writes a file by the format's description: records, then 256 tables of twice as many slots. */
function write(path: string, entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const tables: { hash: number; position: number }[][] = Array.from(
    { length: 256 },
    () => [],
  );
  let position = 2048;
  for (const entry of entries) {
    const [key = Buffer.alloc(0), value = Buffer.alloc(0)] = entry.map((one) =>
      Buffer.from(one),
    );
    const lengths = Buffer.alloc(8);
    lengths.writeUInt32LE(key.length, 0);
    lengths.writeUInt32LE(value.length, 4);
    let hash = 5381n;
    for (const byte of key) hash = ((hash * 33n) % 2n ** 32n) ^ BigInt(byte);
    tables[Number(hash % 256n)]?.push({ hash: Number(hash), position });
    parts.push(lengths, key, value);
    position += 8 + key.length + value.length;
  }
  const header = Buffer.alloc(2048);
  for (const [index, table] of tables.entries()) {
    header.writeUInt32LE(position, 8 * index);
    header.writeUInt32LE(2 * table.length, 8 * index + 4);
    const slots = Buffer.alloc(16 * table.length);
    for (const { hash, position: at } of table) {
      let slot = (hash >>> 8) % (2 * table.length);
      while (slots.readUInt32LE(8 * slot + 4) !== 0)
        slot = (slot + 1) % (2 * table.length);
      slots.writeUInt32LE(hash, 8 * slot);
      slots.writeUInt32LE(at, 8 * slot + 4);
    }
    parts.push(slots);
    position += slots.length;
  }
  const bytes = Buffer.concat([header, ...parts]);
  writeFileSync(path, bytes);
  return bytes;
}

t.test("any entries, in the order of writing, doubles too", async (t) => {
  const path = join(t.testdir(), "a.cdb");
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string(), fc.string({ maxLength: 300 }))),
      (entries) => {
        const bytes = write(path, entries);
        assert.deepEqual(read(path), entries);
        assert.ok(looksLikeCdb(bytes.subarray(0, 2048), bytes.length));
      },
    ),
    { numRuns: 100 },
  );
});

t.test("entries larger than what is read at once, and many", (t) => {
  const path = join(t.testdir(), "a.cdb");
  const entries: Entry[] = [["big", "x".repeat(200_000)]];
  for (let n = 0; n < 20_000; n += 1) entries.push([`u${n}@x.org`, `${n}`]);
  entries.push(["last", "y".repeat(65_536)]);
  write(path, entries);
  t.same(read(path), entries);
  t.end();
});

t.test(
  "a file that was cut or damaged throws or is whole, and never gives less",
  (t) => {
    const path = join(t.testdir(), "a.cdb");
    const entries = Array.from(
      { length: 500 },
      (_, n) => [`u${n}@example.org`, `v${n}`] as const,
    );
    const whole = write(path, entries);
    const keys = entries.map(([key]) => key);
    /** Values have no check sum in this format; keys have their hashes. */
    const attempt = (bytes: Buffer) => {
      writeFileSync(path, bytes);
      try {
        assert.deepEqual(
          read(path).map(([key]) => key),
          keys,
        );
      } catch (error) {
        assert.match(String(error), /a cdb file, or damaged/);
      }
    };
    for (let at = 0; at < whole.length; at += 97)
      attempt(whole.subarray(0, at));
    const harm = fc.tuple(
      fc.nat(whole.length - 1),
      fc.uint8Array({ minLength: 1, maxLength: 9 }),
    );
    fc.assert(
      fc.property(fc.array(harm, { minLength: 1, maxLength: 5 }), (harms) => {
        const bytes = Buffer.from(whole);
        for (const [at, some] of harms)
          bytes.set(some.subarray(0, bytes.length - at), at);
        attempt(bytes);
      }),
      { numRuns: 300 },
    );
    t.end();
  },
);

t.test("a file that is written to while it is read throws", (t) => {
  const path = join(t.testdir(), "a.cdb");
  write(path, [
    ["a", "1"],
    ["b", "2"],
  ]);
  const entries = cdbEntries(path);
  entries.next();
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(1)]));
  t.throws(() => [...entries], /changed while it was read/);
  t.end();
});

t.test("what is no cdb file", (t) => {
  const home = t.testdir({ text: "x".repeat(10_000), empty: "" });
  for (const name of ["text", "empty"]) {
    t.throws(() => read(join(home, name)), /not a cdb file/, name);
    const bytes = readFileSync(join(home, name));
    t.notOk(looksLikeCdb(bytes.subarray(0, 2048), bytes.length));
  }
  t.end();
});
