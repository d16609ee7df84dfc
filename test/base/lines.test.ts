import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { linesOf, linesOfFile } from "../../src/base/lines.ts";

async function* source(...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
}

async function lines(limit: number, ...parts: string[]) {
  return Array.fromAsync(linesOf(source(...parts), limit));
}

t.test(
  "lines across chunks, CRLF and a last line without an end",
  async (t) => {
    t.same(await lines(100, "a\r", "\nb", "c\n\n", "d"), ["a", "bc", "", "d"]);
  },
);

t.test("an endless line is cut, and the next one is whole", async (t) => {
  t.same(await lines(4, "abcdefgh", "ijkl", "mnop\nxy\n"), ["abcd", "xy"]);
});

t.test(
  "however the bytes come, lines are what lies between line ends",
  async (t) => {
    const part = fc.constantFrom("\r", "\n", "\r\n", "ü", "abc", "");
    const chunk = fc.array(part).map((parts) => Buffer.from(parts.join("")));
    await fc.assert(
      fc.asyncProperty(
        fc.array(chunk),
        fc.integer({ min: 1, max: 12 }),
        async (chunks, limit) => {
          async function* source() {
            yield* chunks;
          }
          const got = await Array.fromAsync(linesOf(source(), limit));
          const parts = Buffer.concat(chunks).toString("latin1").split("\n");
          if (parts.at(-1) === "") parts.pop();
          t.same(
            got,
            parts.map((line) =>
              Buffer.from(
                line.replace(/\r$/, "").slice(0, limit),
                "latin1",
              ).toString("utf8"),
            ),
          );
        },
      ),
      { numRuns: 500 },
    );
  },
);

t.test(
  "a file gives its lines, a missing one throws at the first",
  async (t) => {
    const dir = t.testdir({ file: "a\nb" });
    t.same(await Array.fromAsync(linesOfFile(join(dir, "file"))), ["a", "b"]);
    const missing = linesOfFile(join(dir, "missing"));
    await t.rejects(missing.next(), { code: "ENOENT" });
  },
);

t.test(
  "a file that is gone is an error for whoever asks, when it asks",
  async (t) => {
    const lines = linesOfFile(`${t.testdir()}/gone`);
    await new Promise((done) => setImmediate(done));
    await t.rejects(lines.next(), { code: "ENOENT" });
  },
);
