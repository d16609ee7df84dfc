import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { dumpedEntries } from "../../../../src/lists/sources/dbm/gdbm.ts";

type Entry = readonly [string, string];

/** A dump as gdbm_dump prints it, base64 in lines of 76. */
function dump(entries: readonly Entry[]): string[] {
  const lines = ["# GDBM dump file", "#:version=1.1", "# End of header"];
  for (const datum of entries.flat()) {
    const bytes = Buffer.from(datum);
    lines.push(`#:len=${bytes.length}`);
    lines.push(...(bytes.toString("base64").match(/.{1,76}/g) ?? []));
  }
  return [...lines, `#:count=${entries.length}`, "# End of data"];
}

async function read(lines: readonly string[]): Promise<Entry[]> {
  async function* source() {
    yield* lines;
  }
  const found = await Array.fromAsync(dumpedEntries(source()));
  return found.map(({ key, value }) => [key.toString(), value.toString()]);
}

t.test("any dump is read, and no part of one is taken for whole", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.string(), fc.string({ maxLength: 200 }))),
      fc.nat(),
      async (entries, nth) => {
        const lines = dump(entries);
        assert.deepEqual(await read(lines), entries);
        const cut = lines.slice(0, nth % lines.length);
        await assert.rejects(read(cut), /is not whole/);
        const without = lines.toSpliced(nth % lines.length, 1);
        const isMeant =
          lines[nth % lines.length]?.startsWith("#:len=") ||
          !lines[nth % lines.length]?.startsWith("#");
        if (isMeant) await assert.rejects(read(without), /is not whole/);
      },
    ),
    { numRuns: 200 },
  );
});
