// Globs say what the regular expression says, or there are none.
import fc from "fast-check";
import t from "tap";
import { globsOf } from "../../src/transfer/glob.ts";

/** Whether a text fits a glob, as the policy has it. */
function fits(glob: string, text: string): boolean {
  const source = [...glob]
    .map((sign) =>
      sign === "*"
        ? "[^]*"
        : sign === "?"
          ? "[^]"
          : sign.replace(/[\\^$.|+()[\]{}/-]/g, "\\$&"),
    )
    .join("");
  return new RegExp(`^${source}$`, "i").test(text);
}

t.test("what expressions of list managers come to", (t) => {
  const cases: [string, string[] | undefined][] = [
    ["^.*@spam\\.example$", ["*@spam.example"]],
    ["^anna@", ["anna@*"]],
    ["viagra", ["*viagra*"]],
    ["^(foo|bar)@x\\.org$", ["foo@x.org", "bar@x.org"]],
    ["^a?b$", ["b", "ab"]],
    ["^[Ss]pam", ["Spam*"]],
    ["^x.+y$", ["x?*y"]],
    ["^x.y$", ["x?y"]],
    ["(?i)^x$", ["x"]],
    ["^x.*?y$", ["x*y"]],
    ["^\\d+$", undefined],
    ["[0-9]", undefined],
    ["a+", undefined],
    ["a{2}", undefined],
    ["(?=x)", undefined],
    ["a\\*b", undefined],
    ["a$b", undefined],
    ["((", undefined],
    ["a)", undefined],
    ["", ["*"]],
  ];
  for (const [expression, globs] of cases)
    t.same(globsOf(expression), globs, expression);
  t.equal(globsOf(`${"(a|b)".repeat(10)}`), undefined, "too many");
  t.equal(globsOf("(".repeat(100_000)), undefined, "too deep");
  t.end();
});

const letter = fc.constantFrom("a", "B", "@", "\\.", "-", " ");
const atom = fc.oneof(
  letter,
  fc.constantFrom(".", ".*", ".+", "a?", "(ab|c)", "(?:x|)", "[aA]"),
);
const expression = fc
  .tuple(
    fc.constantFrom("", "^"),
    fc.array(atom, { maxLength: 4 }),
    fc.constantFrom("", "$"),
  )
  .map(([from, atoms, to]) => from + atoms.join("") + to);
const text = fc.string({
  unit: fc.constantFrom("a", "b", "c", "x", "@", ".", "-", " ", "A"),
  maxLength: 8,
});

t.test("a text fits a glob exactly where the expression does", (t) => {
  fc.assert(
    fc.property(expression, text, (expression, text) => {
      const globs = globsOf(expression);
      if (globs === undefined) return true;
      const fitting = globs.some((glob) => fits(glob, text));
      return fitting === new RegExp(expression, "is").test(text);
    }),
    { numRuns: 3000 },
  );
  t.end();
});

t.test("no text makes it throw", (t) => {
  fc.assert(fc.property(fc.string(), (text) => void globsOf(text)));
  t.end();
});
