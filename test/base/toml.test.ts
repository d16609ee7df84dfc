import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { parseTable, type Table, tomlValue } from "../../src/base/settings.ts";
import {
  elementLines,
  lineOf,
  places,
  withSetting,
} from "../../src/base/toml.ts";

const text = `# first
one = 1 # a comment
"two words" = """
[not.a.section]
one = 7
""" # behind
list = [
  "a = b", # [x]
  "#c",
]
dotted . name = 'it''s'

[section]
#size = "5KB"
other = true

[ deep . "er" ]
last = { x = 1 }`.replace("''s", "s");

t.test("places knows every line", async (t) => {
  t.same(
    places(text).map((p) => [
      p.path.join("/"),
      p.line,
      text.slice(p.from, p.to),
    ]),
    [
      ["one", 2, "1"],
      ["two words", 3, '"""\n[not.a.section]\none = 7\n"""'],
      ["list", 7, '[\n  "a = b", # [x]\n  "#c",\n]'],
      ["dotted/name", 11, "'its'"],
      ["section", 13, ""],
      ["section/other", 15, "true"],
      ["deep/er", 17, ""],
      ["deep/er/last", 18, "{ x = 1 }"],
    ],
  );
});

t.test(
  "a setting without a line of its own has that of what is around it",
  async (t) => {
    const found = places(text);
    t.equal(lineOf(found, ["section", "other"]), 15);
    t.equal(lineOf(found, ["section", "missing"]), 13);
    t.equal(lineOf(found, ["deep", "er", "last", "x"]), 18);
    t.equal(lineOf(found, ["list", 1]), 7);
    t.equal(lineOf(found, ["nowhere"]), undefined);
  },
);

t.test("a value is replaced where it stands", async (t) => {
  t.equal(
    withSetting(text, ["one"], "2"),
    text.replace("one = 1 #", "one = 2 #"),
  );
  t.equal(
    withSetting(text, ["section", "size"], '"9KB"'),
    text.replace('#size = "5KB"', 'size = "9KB"'),
    "a default that was commented out",
  );
});

t.test(
  "a new value goes to the end of its section, a new section to the end",
  async (t) => {
    t.equal(
      withSetting(text, ["section", "new"], "3"),
      text.replace("other = true\n", "other = true\nnew = 3\n"),
    );
    t.equal(
      withSetting(text, ["top"], "3"),
      text.replace("'its'\n", "'its'\ntop = 3\n"),
    );
    t.equal(
      withSetting(text, ["fresh", "x"], "3"),
      `${text}\n\n[fresh]\nx = 3\n`,
    );
    t.equal(withSetting("", ["x"], "3"), "x = 3\n");
  },
);

t.test("a section that is commented out is opened", async (t) => {
  const closed = "a = 1\n#[ldap]\n#url =\n#[sql]\n#url = 2\n";
  t.equal(
    withSetting(closed, ["sql", "url"], '"x"'),
    'a = 1\n#[ldap]\n#url =\n[sql]\nurl = "x"\n',
  );
});

t.test("taking a setting out leaves the rest", async (t) => {
  t.equal(
    withSetting("a = 1\nb = 2 # x\nc = 3", ["b"], undefined),
    "a = 1\nc = 3",
  );
  t.equal(withSetting("a = 1", ["b"], undefined), "a = 1");
});

t.test(
  "setting a value changes that value and nothing else, whatever the file",
  async () => {
    const name = fc.constantFrom("a", "b", "c", "d");
    const scalar = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.integer(),
      fc.boolean(),
      fc.array(fc.string(), { maxLength: 3 }),
    );
    const noise = fc.constantFrom("", "# note", "#a = 1", "#[s2]", "  # [s1]");
    const long = fc
      .constantFrom("[s1]\na = 1", "# x", "''", 'a "" b', "\\\\")
      .map((inside) => `"""\n${inside}\n"""`);
    const entries = fc.dictionary(
      name,
      fc.tuple(fc.oneof(scalar.map(tomlValue), long), noise),
    );
    const file = fc
      .tuple(entries, fc.dictionary(fc.constantFrom("s1", "s2", "s3"), entries))
      .map(([top, sections]) => {
        const body = (one: Record<string, [string, string]>) =>
          Object.entries(one)
            .map(([key, [value, after]]) => `${key} = ${value}\n${after}\n`)
            .join("");
        return (
          body(top) +
          Object.entries(sections)
            .map(([key, one]) => `[${key}] # s\n${body(one)}`)
            .join("\n")
        );
      });
    fc.assert(
      fc.property(
        file,
        fc.oneof(
          fc.tuple(name),
          fc.tuple(fc.constantFrom("s1", "s2", "s3", "s4"), name),
        ),
        scalar,
        (content, path, value) => {
          const before = parseTable(content, "before");
          const after = parseTable(
            withSetting(content, path, tomlValue(value)),
            "after",
          );
          const [first = "", second] = path;
          if (second === undefined) before[first] = value;
          else before[first] = { ...(before[first] as Table), [second]: value };
          assert.equal(sorted(after), sorted(before));
        },
      ),
      { numRuns: 300 },
    );
  },
);

function sorted(table: Table): string {
  return JSON.stringify(
    Object.entries(table)
      .map(([k, v]) => [
        k,
        v?.constructor === Array ? v : isTable(v) ? sorted(v) : v,
      ])
      .sort(),
  );
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

t.test("each value of an array has the line that it begins in", async (t) => {
  const text = `a = 1
b = ["x", 'y', # "no", [1]
  """
long, ] """, { c = [1, 2] },

  [1,
   2],
]
c = []
d = "["
`;
  const lines = (name: string) => {
    const place = places(text).find(({ path }) => path[0] === name);
    return place && elementLines(text, place);
  };
  t.same(lines("b"), [2, 2, 3, 4, 6]);
  t.same(lines("c"), []);
  t.same(lines("d"), []);
  t.equal(lineOf(places(text), ["b", 4], text), 6);
  t.equal(lineOf(places(text), ["b", 9], text), 2);
  t.equal(lineOf(places(text), ["b", 4]), 2);
});
