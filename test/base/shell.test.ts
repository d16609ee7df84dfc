import { execFileSync } from "node:child_process";
import fc from "fast-check";
import t from "tap";
import { shellWord } from "../../src/base/shell.ts";

t.test("a shell reads a word and nothing else", async (t) => {
  t.equal(shellWord("anna+x@example.org"), "anna+x@example.org");
  t.equal(shellWord("`id`@x"), "'`id`@x'");
  t.equal(shellWord(""), "''");
  const words = fc.sample(fc.string({ unit: "grapheme" }), 50);
  const all = ["a'b", "$(id)", ...words].map((one) => one.replaceAll("\0", ""));
  const script = all.map((one) => `printf '%s\\0' ${shellWord(one)}`);
  const out = execFileSync("sh", ["-c", script.join("\n")], {
    encoding: "utf8",
  });
  t.same(
    out.split("\0").slice(0, -1),
    all.map((one) => one.toWellFormed()),
  );
});
