import t from "tap";
import { charactersOf, columns, isWide } from "../../src/mail/width.ts";

t.test("East Asian characters and emoji take two columns", async (t) => {
  for (const [text, width] of [
    ["", 0],
    ["abc", 3],
    ["Grüße", 5],
    ["日本語", 6],
    ["カナ、", 6],
    ["ｶﾅ", 2],
    ["ＡＢ！", 6],
    ["한국", 4],
    ["e\u0301", 1],
    ["が".normalize("NFD"), 2],
    ["👍", 2],
    ["👩‍👩‍👧", 2],
    ["…", 1],
    ["\u200b", 0],
  ] as const)
    t.equal(columns(text), width, text);
  t.ok(isWide("語") && isWide("ー") && !isWide("é") && !isWide(""));
  t.same(charactersOf("ae\u0301👩‍👩‍👧"), ["a", "e\u0301", "👩‍👩‍👧"]);
});
