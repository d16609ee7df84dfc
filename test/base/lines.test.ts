import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import {
  linesOf,
  linesOfFile,
  pagesOf,
  pagesOfFile,
  unbroken,
} from "../../src/base/lines.ts";

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

t.test("pages are the same lines, many at once", async (t) => {
  const part = fc.constantFrom("\r", "\n", "\r\n", "ü", "abc", "");
  const chunk = fc.array(part).map((parts) => Buffer.from(parts.join("")));
  await fc.assert(
    fc.asyncProperty(fc.array(chunk), async (chunks) => {
      async function* source() {
        yield* chunks;
      }
      const wanted = await Array.fromAsync(linesOf(source()));
      t.strictSame((await Array.fromAsync(pagesOf(source()))).flat(), wanted);
    }),
  );
});

t.test("a page is cut in an endless line only", async (t) => {
  async function* source() {
    yield Buffer.from("first\nlong");
    for (let n = 0; n < 100; n += 1) yield Buffer.alloc(60_000, "x");
    yield Buffer.from("\nlast\n");
  }
  const lines = (await Array.fromAsync(pagesOf(source()))).flat();
  t.equal(lines.length, 3);
  t.equal(lines.at(-1), "last");
  t.ok((lines[1]?.length ?? 0) < 300_000);
});

t.test(
  "pages of a file that is not there fail when they are asked for",
  async (t) => {
    const pages = pagesOfFile(join(t.testdir(), "gone"));
    await t.rejects(pages.next(), { code: "ENOENT" });
  },
);

t.test("a line beyond the limit throws, however the bytes come", async (t) => {
  const part = fc.constantFrom("\n", "\n", "a", "bcd", "0123456789");
  const chunk = fc.array(part).map((parts) => Buffer.from(parts.join("")));
  await fc.assert(
    fc.asyncProperty(
      fc.array(chunk),
      fc.integer({ min: 1, max: 24 }),
      async (chunks, limit) => {
        async function* source() {
          yield* chunks;
        }
        const whole = Buffer.concat(chunks).toString();
        const longest = Math.max(...whole.split("\n").map((l) => l.length));
        const got = Array.fromAsync(unbroken(source(), "t", limit));
        if (longest > limit) await t.rejects(got, /^t: a line of more/);
        else t.same(Buffer.concat(await got).toString(), whole);
      },
    ),
    { numRuns: 500 },
  );
});

t.test("what is let through comes whole in pages too", async (t) => {
  const long = "x".repeat(32 * 1024);
  for (const size of [1000, 16 * 1024, 20_000, 100_000]) {
    const text = Buffer.from(`a\n${long}\nb\n${long}`);
    async function* source() {
      for (let at = 0; at < text.length; at += size)
        yield text.subarray(at, at + size);
    }
    const pages = await Array.fromAsync(pagesOf(unbroken(source(), "t")));
    t.same(pages.flat(), ["a", long, "b", long], `${size} at once`);
  }
});
