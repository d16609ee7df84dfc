import t from "tap";
import { readFolder } from "../../src/archive/folder.ts";

t.test("the messages of a folder in their order", async (t) => {
  const folder = t.testdir({
    0: { 10: "A: 10\n\nx\r\ny\r\n", 9: "A: 9\n", index: "no message" },
    1: { "01": "A: 101\n" },
    ".lock": "",
    tmp: { x: "A: draft\n" },
    new: { "1.x": "A: new\n" },
    "large.eml": `A: ${"x".repeat(100)}\n`,
  });
  const seen: string[] = [];
  const found = await Array.fromAsync(
    readFolder(folder, 50, (path) => seen.push(path.slice(folder.length + 1))),
  );
  t.same(
    found.map(({ content }) => content && String(content)),
    ["A: 9\n", "A: 10\n\nx\ny\n", "A: 101\n", undefined, "A: new\n"],
  );
  t.same(seen, ["0/9", "0/10", "1/01", "large.eml", "new/1.x"]);
});
