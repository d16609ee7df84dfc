import fc from "fast-check";
import t from "tap";
import { fits, globOf } from "../../../src/lists/policy/glob.ts";

const matches = (glob: string, text: string) => fits(globOf(glob), text);

/** What a glob is, without any cleverness. */
function reference(glob: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = glob;
  if (first === undefined) return text.length === 0;
  if (first === "*")
    return (
      reference(rest, text) ||
      (text.length > 0 && reference(glob, text.slice(1)))
    );
  return (
    text.length > 0 &&
    (first === "?" || first === text[0]) &&
    reference(rest, text.slice(1))
  );
}

t.test("stars, question marks, and no case", async (t) => {
  for (const [glob, text] of [
    ["*@example.org", "Anna@EXAMPLE.org"],
    ["", ""],
    ["*", ""],
    ["**", "x"],
    ["a?c", "a😀c"],
    ["??", "😀😀"],
    ["*ÄÖ*", "über äöü"],
    ["*.example.org", "a.b.example.org.example.org"],
    ["[spam] *", "[SPAM] 1+1=2"],
    ["a\\b", "A\\B"],
  ] as const)
    t.ok(matches(glob, text), `${glob} fits ${text}`);
  for (const [glob, text] of [
    ["*@example.org", "anna@example.org.evil.net"],
    ["*@example.org", "anna@example.org\n"],
    ["?", ""],
    ["?", "😀😀"],
    ["a*b", "ab c"],
    ["", "x"],
    ["a.c", "abc"],
  ] as const)
    t.notOk(matches(glob, text), `${glob} does not fit ${text}`);
});

t.test("it says what the plain way of looking says", async () => {
  const some = (from: readonly string[], maxLength: number) =>
    fc.array(fc.constantFrom(...from), { maxLength });
  fc.assert(
    fc.property(
      some(["a", "b", "*", "?", "😀"], 8),
      some(["a", "b", "😀"], 10),
      (glob, text) =>
        matches(glob.join(""), text.join("")) === reference(glob, text),
    ),
    { numRuns: 5000 },
  );
});

t.test("no text makes it slow", async (t) => {
  const text = "a".repeat(256 * 1024);
  const from = performance.now();
  t.notOk(matches("*a*a*a*a*a*a*a*a*a*b", text));
  t.notOk(matches(`*${"a".repeat(30)}b*`, text));
  t.ok(matches("*a*a*a*a*a*a*a*a*a*", text));
  t.notOk(matches(`${"*?".repeat(200)}b`, text));
  t.ok(performance.now() - from < 2000, "in much less than two seconds");
});
