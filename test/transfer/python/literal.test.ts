// Python's literals: as repr, pprint and Mailman's dumpdb write them, and what is none.
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import t, { type Test } from "tap";
import { exit, Failure } from "../../../src/base/errors.ts";
import {
  DEPTH,
  Opaque,
  type PythonValue,
  pythonLiteral,
} from "../../../src/transfer/python/literal.ts";
import { anyString } from "../../anyString.ts";

const read = (text: string) => pythonLiteral(text, "dump");
const fails = (t: Test, text: string, message: RegExp) =>
  t.throws(() => read(text), { exitCode: exit.dataError, message });

t.test("each kind of value", (t) => {
  const cases: [string, unknown][] = [
    ["None", null],
    ["True", true],
    ["[1, -2, 3L, 0x1F, 0o17, 017]", [1, -2, 3, 31, 15, 15]],
    ["1377.0", 1377],
    ["[1., .5, 1e3, -2.5e-1]", [1, 0.5, 1000, -0.25]],
    ["123456789012345678901234567890L", 123456789012345678901234567890n],
    ["()", []],
    ["(1,)", [1]],
    ["(1)", 1],
    ["('a' 'b'\n 'c')", "abc"],
    ["'it\\'s'", "it's"],
    ['"a\\tb\\n"', "a\tb\n"],
    ["u'\\xe4\\u20ac\\U0001f600'", "ä€😀"],
    ["'\\xc3\\xa4'", "ä"],
    ["'\\xe4'", "ä"],
    ["b'\\x41'", "A"],
    ["r'\\d'", "\\d"],
    ["'\\d'", "\\d"],
    ["'''a\n'b'\n'''", "a\n'b'\n"],
    ['"""a\\"b"""', 'a"b'],
    ["'a\\\nb'", "ab"],
    ["[1, # one\n 2]", [1, 2]],
    ["{1, 2}", [1, 2]],
    ["set(['a'])", ["a"]],
    ["frozenset({'a'})", ["a"]],
    ["set()", []],
    ["  'x'  ", "x"],
    ["\ufeff{}", new Map()],
  ];
  for (const [text, value] of cases) t.same(read(text), value, text);
  t.same(
    read("{'a': 1, u'b': (2, 3), 'a': 4}"),
    new Map<string, unknown>([
      ["a", 4],
      ["b", [2, 3]],
    ]),
  );
  t.same(read("{'__proto__': 1}"), new Map([["__proto__", 1]]));
  t.end();
});

t.test("what has no literal is passed over", (t) => {
  const text = `{'bounce_info': {'x@y.org': <bounce info for member x@y.org
        current score: 1.0
        last bounce date: (2024, 1, 2)
        >, 'z': <Mailman.Bouncer._BounceInfo instance at 0x7f>},
 'when': datetime.date(2024, 1, 2), 'c': 2j}`;
  const found = read(text) as Map<string, Map<string, unknown>>;
  const bounces = found.get("bounce_info");
  t.ok(bounces?.get("x@y.org") instanceof Opaque);
  t.ok(bounces?.get("z") instanceof Opaque);
  t.ok(found.get("when") instanceof Opaque);
  t.ok(found.get("c") instanceof Opaque);
  t.end();
});

t.test("what is wrong is told with its line", (t) => {
  fails(t, "{\n'a': 1\n'b': 2}", /^dump:3: "," or "}" is missing$/);
  fails(t, "[1,\n2", /^dump:2: "," or "]" is missing$/);
  fails(t, "['a\nb']", /^dump:1: a text has no end$/);
  fails(t, "'''a", /a text has no end/);
  fails(t, "'\\", /a text has no end/);
  fails(t, "", /^dump:1: ends where a value must be$/);
  fails(t, "{1: 2, 3}", /":" is missing/);
  fails(t, "1 2", /^dump:1: something stands behind the value: 2$/);
  fails(t, "nothing", /"nothing" is no value/);
  fails(t, "<x", /no value begins with "<"/);
  fails(t, "[".repeat(1_000_000), new RegExp(`nested more than ${DEPTH} deep`));
  fails(t, "{1:".repeat(1_000_000), /deep/);
  fails(t, "set(".repeat(1_000_000), /deep/);
  t.end();
});

const value = fc.letrec<{ value: PythonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<PythonValue>(null, true, false),
    fc.maxSafeInteger(),
    fc.bigInt().filter((one) => !Number.isSafeInteger(Number(one))),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((one) => !Number.isInteger(one)),
    anyString(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(fc.string(), tie("value")), {
        selector: ([key]) => key,
        maxLength: 4,
      })
      .map((pairs) => new Map<PythonValue, PythonValue>(pairs)),
  ),
})).value;

/** As Python writes it. */
function repr(one: PythonValue): string {
  if (one === null) return "None";
  if (typeof one === "boolean") return one ? "True" : "False";
  if (typeof one === "string")
    return `u'${one.replace(/[\\'\n\r]/g, (sign) => ({ "\n": "\\n", "\r": "\\r" })[sign] ?? `\\${sign}`)}'`;
  if (Array.isArray(one)) return `[${one.map(repr).join(", ")}]`;
  if (one instanceof Map)
    return `{   ${[...one].map(([key, value]) => `${repr(key)}: ${repr(value)}`).join(",\n    ")}}`;
  return String(one).replace("Infinity", "inf");
}

t.test("what is written is read back", (t) => {
  fc.assert(
    fc.property(value, (one) => {
      const found = read(repr(one));
      return JSON.stringify(plain(found)) === JSON.stringify(plain(one));
    }),
    { numRuns: 1000 },
  );
  t.end();
});

/** Fit for JSON. */
function plain(one: PythonValue): unknown {
  if (one instanceof Map) return [...one].map((pair) => pair.map(plain));
  if (Array.isArray(one)) return one.map(plain);
  return typeof one === "bigint" ? `${one}n` : Object.is(one, -0) ? 0 : one;
}

t.test("whatever stands there, it is read or refused", (t) => {
  const signs = fc.constantFrom(
    ..."{}[]()<>:,'\"\\ \nuxbr01eN_#.-lT".split(""),
  );
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: signs, maxLength: 40 })),
      (text) => {
        try {
          read(text);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
        }
      },
    ),
    { numRuns: 5000 },
  );
  t.end();
});

const python = spawnSync("python3", ["--version"]).status === 0;
t.test("what Python itself prints", { skip: !python && "no python3" }, (t) => {
  const program = `import pprint, json, sys
value = {'name': 'Liste für Ärzte', 'long': 'word ' * 60, 'set': {1}, 'nested': {'a': [(1, 2.5), None, True]}, 'bytes': b'\\xe4', 'quote': "it's \\"x\\""}
pprint.PrettyPrinter(indent=4).pprint(value)`;
  const { stdout } = spawnSync("python3", ["-c", program], {
    encoding: "utf8",
    env: { PYTHONIOENCODING: "utf8", PATH: "/usr/bin:/bin" },
  });
  t.same(
    read(stdout),
    new Map<string, unknown>([
      ["bytes", "ä"],
      ["long", "word ".repeat(60)],
      ["name", "Liste für Ärzte"],
      ["nested", new Map([["a", [[1, 2.5], null, true]]])],
      ["quote", 'it\'s "x"'],
      ["set", [1]],
    ]),
  );
  t.end();
});
