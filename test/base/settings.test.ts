import fc from "fast-check";
import t from "tap";
import { z } from "zod";
import { Failure } from "../../src/base/errors.ts";
import { nearest } from "../../src/base/nearest.ts";
import {
  checked,
  choice,
  count,
  duration,
  parseTable,
  readText,
  several,
  size,
  text,
  tomlValue,
} from "../../src/base/settings.ts";
import {
  byteCount,
  durationText,
  milliseconds,
  sizeText,
} from "../../src/base/units.ts";
import { anyString } from "../anyString.ts";

const schema = z.strictObject({
  colour: choice("red", "blue").prefault("red"),
  wait: duration().prefault("5m"),
  most: size().optional(),
  names: several(text()).prefault([]),
  inner: z.strictObject({ jobs: count(1, 9).prefault(4) }).prefault({}),
});

function problems(content: string): string[] {
  try {
    checked(schema, parseTable(content, "f"), "f", content);
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.message.split("\n");
  }
}

t.test("durations are milliseconds, sizes bytes", async (t) => {
  const written: [string, number][] = [
    ["30s", 30_000],
    ["5m", 300_000],
    ["4h", 14_400_000],
    ["5d", 432_000_000],
    ["20ms", 20],
  ];
  for (const [given, ms] of written) t.equal(milliseconds(given), ms, given);
  for (const bad of [
    "",
    "5",
    "0s",
    "-1s",
    "1.5h",
    "5 m",
    "5M",
    "1e9s",
    5,
    null,
  ])
    t.equal(milliseconds(bad), undefined, String(bad));
  for (const text of ["256KB", "3GB", "1025B"])
    t.equal(sizeText(byteCount(text) ?? 0), text);
  for (const text of ["90s", "1500ms", "36h", "2d", "61m"])
    t.equal(durationText(milliseconds(text) ?? 0), text);
  t.equal(byteCount("256KB"), 262_144);
  t.equal(byteCount("50MB"), 52_428_800);
  t.equal(byteCount(1000), 1000);
  for (const bad of ["", "0", 0, -1, 1.5, "5kb", "9999GB", Number.NaN, [5]])
    t.equal(byteCount(bad), undefined, String(bad));
});

t.test("what is not written has its default, and all is frozen", async (t) => {
  const found = checked(schema, parseTable("[inner]", "f"), "f", "[inner]");
  t.same(found, {
    colour: "red",
    wait: 300_000,
    names: [],
    inner: { jobs: 4 },
  });
  t.ok(
    Object.isFrozen(found) &&
      Object.isFrozen(found.inner) &&
      Object.isFrozen(found.names),
  );
});

t.test(
  "all problems are told with their lines and what is allowed",
  async (t) => {
    t.same(
      problems(
        'color = "red"\nwait = "long"\nmost = "5 kilo"\n[inner]\njobs = 10\njbos = 1\n',
      ),
      [
        "f:1: color: no such setting; did you mean colour?",
        'f:2: wait: must be a duration such as "30s", "5m", "4h" or "5d", up to "24d", not "long"',
        'f:3: most: must be a size such as "256KB", "50MB" or a number of bytes, not "5 kilo"',
        "f:5: inner.jobs: must be a whole number, 1 to 9, not 10",
        "f:6: inner.jbos: no such setting; did you mean jobs?",
      ],
    );
    t.same(
      problems('names = [\n"a",\n3]\ninner = 5\ncolour = "green"\nxyzzy = 1'),
      [
        "f:3: names[2]: must be text, not 3",
        "f:4: inner: must be a section, [inner], not 5",
        'f:5: colour: must be "red" or "blue", not "green"',
        "f:6: xyzzy: no such setting; there are colour, wait, most, names, inner",
      ],
    );
    t.match(
      problems('wait = "25d"')[0],
      /^f:1: wait: must be .* up to "24d", not "25d"$/,
    );
  },
);

t.test("a text that is no TOML is told with its line", async (t) => {
  for (const [bad, line] of [
    ["a = 1\nb = ", 2],
    ["a = 1\na = 2", 2],
    ["x", 1],
    ["\n\n[a", 3],
  ] as const)
    t.throws(
      () => parseTable(bad, "f"),
      new RegExp(`^Error: f:${line}: |^f:${line}: not valid TOML`),
      bad,
    );
});

t.test("any text is a table or a Failure", async () => {
  fc.assert(
    fc.property(anyString({ maxLength: 60 }), (content) => {
      try {
        checked(
          z.strictObject({ a: text() }),
          parseTable(content, "f"),
          "f",
          content,
        );
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
      }
    }),
  );
});

t.test("a file that is missing has no text", async (t) => {
  const dir = t.testdir({ here: "x = 1" });
  t.equal(readText(`${dir}/here`), "x = 1");
  t.equal(readText(`${dir}/gone`), undefined);
  t.throws(() => readText(dir), { code: "EISDIR" });
});

t.test("values are written as TOML reads them", async () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "grapheme" }),
        fc.integer(),
        fc.boolean(),
        fc.array(fc.string()),
      ),
      (value) =>
        JSON.stringify(parseTable(`v = ${tomlValue(value)}`, "f").v) ===
        JSON.stringify(value),
    ),
  );
});

t.test("the nearest name is a near one", async (t) => {
  t.equal(nearest("hostnme", ["hooks", "hostname"]), "hostname");
  t.equal(nearest("xyzzy", ["hooks", "hostname"]), undefined);
  t.equal(nearest("q", ["a"]), undefined);
});
