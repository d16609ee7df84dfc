import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { open } from "lmdb";
import t from "tap";
import { lmdbEntries } from "../../../../src/lists/sources/dbm/lmdb.ts";

function read(path: string): [string, string][] {
  return [...lmdbEntries(path)].map(({ key, value }) => [
    key.toString(),
    value.toString(),
  ]);
}

function opened(path: string) {
  return open<Buffer, Buffer>({
    path,
    encoding: "binary",
    keyEncoding: "binary",
    noSync: true,
  });
}

/** Writes a file of format 2 with the package. */
async function write(
  path: string,
  entries: Iterable<readonly [string, string]>,
) {
  const db = opened(path);
  await db.transaction(() => {
    for (const [key, value] of entries)
      db.put(Buffer.from(key), Buffer.from(value));
  });
  await db.close();
}

/** Writes a file of format 1 with Postfix; false where it is not here. */
function postmap(home: string, text: string): boolean {
  writeFileSync(join(home, "map"), text);
  try {
    execFileSync("postmap", [`lmdb:${home}/map`], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}

t.test(
  "what was written is read, however much and however large",
  async (t) => {
    const home = t.testdir();
    const path = join(home, "a.lmdb");
    await write(path, []);
    t.same(read(path), []);
    const wanted = new Map<string, string>();
    for (let i = 0; i < 20_000; i += 1) wanted.set(`u${i}@example.org`, `${i}`);
    for (const size of [1, 1000, 2000, 4000, 4096, 5000, 100_000])
      wanted.set(`big${size}`, "x".repeat(size));
    await write(path, wanted);
    t.same(
      read(path),
      [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    const db = opened(path);
    await db.transaction(() => {
      for (let i = 0; i < 20_000; i += 2)
        db.remove(Buffer.from(`u${i}@example.org`));
    });
    await db.close();
    t.equal(
      read(path).length,
      10_007,
      "pages that were given back are not read",
    );
  },
);

t.test("any entries", async (t) => {
  let n = 0;
  const home = t.testdir();
  const key = fc.string({ minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(key, fc.string({ maxLength: 6000 })),
      async (entries) => {
        n += 1;
        const path = join(home, `${n}.lmdb`);
        await write(path, Object.entries(entries));
        const bytes = (pair: [string, string]) => Buffer.from(pair[0]);
        const wanted = Object.entries(entries).sort((a, b) =>
          Buffer.compare(bytes(a), bytes(b)),
        );
        assert.deepEqual(read(path), wanted);
      },
    ),
    { numRuns: 30 },
  );
});

const skip = postmap(t.testdir(), "a b\n") ? false : "no postmap with lmdb";

t.test(
  "20,000 entries that Postfix wrote, written over again",
  { skip },
  async (t) => {
    const home = t.testdir();
    const text = (n: number) =>
      Array.from(
        { length: n },
        (_, i) => `u${i}@example.org user${i}@box.test\n`,
      ).join("");
    postmap(home, text(20_000));
    const path = join(home, "map.lmdb");
    const found = read(path);
    t.equal(found.length, 20_000);
    t.equal(new Set(found.map(([key]) => key)).size, 20_000);
    t.ok(
      found.every(
        ([key, value]) =>
          value ===
          `${key.replace("u", "user").replace(/@.*/, "")}@box.test${value.endsWith("\0") ? "\0" : ""}`,
      ),
    );
    postmap(home, text(50));
    t.equal(read(path).length, 50);
  },
);

t.test(
  "a file that was cut or damaged throws or is whole, and never gives less",
  async (t) => {
    const home = t.testdir();
    const path = join(home, "a.lmdb");
    const wanted = Array.from(
      { length: 3000 },
      (_, i) => [`u${i}@example.org`, "v"] as const,
    );
    await write(path, wanted);
    const size = statSync(path).size;
    const cut = join(home, "cut.lmdb");
    for (let at = 0; at < size; at += 4096 * 3 + 100) {
      copyFileSync(path, cut);
      truncateSync(cut, at);
      let count = 3000;
      try {
        count = read(cut).length;
      } catch (error) {
        assert.match(String(error), /not an LMDB file/);
      }
      t.equal(count, 3000, `cut at ${at}`);
    }
    const whole = readFileSync(path);
    // A harmed number of a snapshot can make the older one the newer one: no reader can tell.
    const numbers = [0, whole.readUInt32LE(24 + 24)].map((page) => page + 152);
    const harm = fc
      .tuple(fc.nat(size - 1), fc.uint8Array({ minLength: 1, maxLength: 9 }))
      .filter(([at, some]) =>
        numbers.every((n) => at + some.length <= n || at >= n + 8),
      );
    fc.assert(
      fc.property(fc.array(harm, { minLength: 1, maxLength: 20 }), (harms) => {
        const bytes = Buffer.from(whole);
        for (const [at, some] of harms)
          bytes.set(some.subarray(0, size - at), at);
        writeFileSync(cut, bytes);
        try {
          assert.equal(read(cut).length, 3000);
        } catch (error) {
          assert.match(String(error), /LMDB file|several|too large|changed/);
        }
      }),
      { numRuns: 150 },
    );
  },
);

t.test("a database that is changed while it is read throws", async (t) => {
  const path = join(t.testdir(), "a.lmdb");
  await write(path, [
    ["a", "1"],
    ["b", "2"],
  ]);
  const entries = lmdbEntries(path);
  entries.next();
  await write(path, [["c", "3"]]);
  t.throws(() => [...entries], /changed while it was read/);
  t.equal(read(path).length, 3);
});

t.test("what is no LMDB file, or of a kind that is not read", async (t) => {
  const home = t.testdir({ text: "x".repeat(10_000), empty: "", short: "x" });
  for (const name of ["text", "empty", "short"])
    t.throws(() => read(join(home, name)), /not an LMDB file/, name);
  t.throws(() => read(join(home, "gone")), { code: "ENOENT" });
  const dup = open<Buffer, Buffer>({
    path: join(home, "dup.lmdb"),
    encoding: "binary",
    keyEncoding: "binary",
    dupSort: true,
  });
  await dup.put(Buffer.from("a"), Buffer.from("1"));
  await dup.put(Buffer.from("a"), Buffer.from("2"));
  await dup.close();
  t.throws(() => read(join(home, "dup.lmdb")), /several/);
  const root = open({ path: join(home, "named.lmdb") });
  const named = root.openDB({ name: "inner" });
  await named.put("a", "1");
  await root.close();
  t.throws(() => read(join(home, "named.lmdb")), /several databases/);
});
