import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import {
  bytes,
  chunks,
  lengthOf,
  type Piece,
  slice,
} from "../../src/base/pieces.ts";

async function all(pieces: readonly Piece[]): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(chunks(pieces)));
}

t.test("pieces are one row of bytes, however they are cut", async (t) => {
  const path = join(t.testdir(), "file");
  const file = Buffer.from(Array.from({ length: 500 }, (_, n) => n % 251));
  writeFileSync(path, file);
  const inMemory = fc.uint8Array({ maxLength: 40 });
  const inFile = fc
    .tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 500 }))
    .map(([a, b]) => ({ path, start: Math.min(a, b), end: Math.max(a, b) }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(inMemory, inFile), { maxLength: 6 }),
      fc.integer({ min: -10, max: 1500 }),
      fc.option(fc.integer({ min: -10, max: 1500 }), { nil: undefined }),
      async (pieces, start, end) => {
        const plain = Buffer.concat(
          pieces.map((piece) =>
            "path" in piece ? file.subarray(piece.start, piece.end) : piece,
          ),
        );
        t.equal(lengthOf(pieces), plain.length);
        t.same(await all(pieces), plain);
        const cut = slice(pieces, start, end);
        const from = Math.max(0, start);
        const to = Math.max(from, end ?? plain.length);
        t.same(await all(cut), plain.subarray(from, to));
        t.ok(cut.every((piece) => lengthOf([piece]) > 0));
        t.same(
          await bytes(pieces, Math.max(0, start)),
          plain.subarray(0, from),
        );
      },
    ),
    { numRuns: 200 },
  );
});

t.test("a large range of a file comes whole, in small chunks", async (t) => {
  const path = join(t.testdir(), "file");
  const data = Buffer.alloc(1_000_000, "0123456789abcdef\n");
  writeFileSync(path, data);
  const pieces = [Buffer.from("head\n"), { path, start: 3, end: 900_001 }];
  const sizes = (await Array.fromAsync(chunks(pieces))).map((it) => it.length);
  t.ok(Math.max(...sizes) <= 65_536);
  t.ok(
    (await all(pieces)).equals(
      Buffer.concat([Buffer.from("head\n"), data.subarray(3, 900_001)]),
    ),
  );
});

t.test(
  "a file that is shorter than its range ends early, a missing one throws",
  async (t) => {
    const dir = t.testdir({ short: "abc" });
    const range = (name: string, end: number) => [
      { path: join(dir, name), start: 1, end },
    ];
    t.equal(String(await all(range("short", 100))), "bc");
    t.equal(String(await all(range("short", 100_000))), "bc");
    for (const end of [100, 100_000])
      await t.rejects(all(range("missing", end)), { code: "ENOENT" });
  },
);
