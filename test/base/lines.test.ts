import t from "tap";
import { linesOf } from "../../src/base/lines.ts";

async function* source(...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
}

async function lines(limit: number, ...parts: string[]) {
  return Array.fromAsync(linesOf(source(...parts), limit));
}

t.test("lines across chunks, CRLF and a last line without an end", async (t) => {
  t.same(await lines(100, "a\r", "\nb", "c\n\n", "d"), ["a", "bc", "", "d"]);
});

t.test("an endless line is cut, and the next one is whole", async (t) => {
  t.same(await lines(4, "abcdefgh", "ijkl", "mnop\nxy\n"), ["abcd", "xy"]);
});
