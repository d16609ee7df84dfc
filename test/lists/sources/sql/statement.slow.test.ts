import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import {
  type Dialect,
  mysql,
  postgres,
  sqlite,
  translated,
} from "../../../../src/lists/sources/sql/statement.ts";
import { anyString } from "../../../anyString.ts";

const known = new Map([
  ["list", "dev@example.org"],
  ["sender", "anna@example.org"],
  ["header_x_id", "7"],
]);
const standsFor = (name: string) => known.get(name);
const dialects: Readonly<Record<string, Dialect>> = {
  sqlite,
  postgres,
  mysql: mysql(""),
};

t.test("names become the placeholders of each database", (t) => {
  const query =
    "SELECT mail FROM t WHERE l=:list AND s = :sender OR :list=x;:header_x_id";
  t.same(translated(query, postgres, standsFor), {
    text: "SELECT mail FROM t WHERE l=$1 AND s = $2 OR $1=x;$3",
    names: ["list", "sender", "header_x_id"],
    values: ["dev@example.org", "anna@example.org", "7"],
  });
  t.same(translated(query, mysql(""), standsFor), {
    text: "SELECT mail FROM t WHERE l=? AND s = ? OR ?=x;?",
    names: ["list", "sender", "list", "header_x_id"],
    values: ["dev@example.org", "anna@example.org", "dev@example.org", "7"],
  });
  t.same(translated(query, sqlite, standsFor), {
    text: query,
    names: ["list", "sender", "header_x_id"],
    values: ["dev@example.org", "anna@example.org", "7"],
  });
  t.end();
});

t.test("a name that stands for nothing is named", (t) => {
  for (const dialect of Object.values(dialects))
    for (const name of ["lists", "List", "toString", "list$", "listé"])
      t.throws(
        () => translated(`SELECT :${name}`, dialect, standsFor),
        { name: "Failure", exitCode: 75, message: `:${name}, ` },
        name,
      );
  t.end();
});

/** Texts that hold no placeholder though they look like it, for one database each. */
const still: Readonly<Record<string, readonly string[]>> = {
  sqlite: [
    "'it''s :list'",
    "'\\'",
    '"a "":list"',
    "`a :list`",
    "[a :list]",
    "-- :list\n",
    "/* :list /* */",
    "a::list",
    "x:=y",
    "u@h:",
    ": list",
    "12:30",
    "'open :list",
    "/* :list",
  ],
  postgres: [
    "'it''s :list'",
    "'\\'",
    "E'it\\'s :list'",
    "e'\\\\'",
    '"a "":list"',
    "$$ :list $$",
    "$a$ :list $$ $b$ $a$",
    "$é$ :list $é$",
    "x$$y",
    "-- :list\n",
    "-- :list\r",
    "/* /* */ :list */",
    "mail::list",
    "f(a:=b)",
    "U&'\\'",
    "typee'\\'",
    "$1",
    "'open :list",
    "$$ :list",
  ],
  mysql: [
    "'it''s :list'",
    "'it\\'s :list'",
    '"it\\"s :list"',
    "`a\\`",
    "# :list\n",
    "-- :list\n",
    "--\n",
    "/*! :list */",
    "@a:=1",
    "'open \\' :list",
  ],
};

for (const [name, dialect] of Object.entries(dialects)) {
  t.test(`${name}: what is no code stays as it is`, (t) => {
    for (const text of still[name] ?? []) {
      const found = translated(text, dialect, standsFor);
      t.same(found, { text, names: [], values: [] }, text);
      if (/open|\$\$ :list$|^\/\* :list$/.test(text)) continue;
      const more = translated(`${text} :list`, dialect, standsFor);
      t.same(more.names, ["list"], `${text} and a name behind it`);
    }
    t.end();
  });

  t.test(`${name}: any text keeps all that is no name`, (t) => {
    const part = fc.oneof(
      fc.constantFrom(
        "'",
        '"',
        "`",
        "[",
        "]",
        "$$",
        "$a$",
        "--",
        "#",
        "/*",
        "*/",
        "\\",
        "\n",
        "::",
        ":=",
        ":",
        ":list",
        " :sender ",
        "e'",
        "a",
        "1",
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const query = parts.join("");
        const { text, names, values } = translated(
          query,
          dialect,
          (name) => `<${name}>`,
        );
        assert.deepEqual(
          values,
          names.map((one) => `<${one}>`),
        );
        // Each name that was taken stood in the query, in this order, and nothing else is lost.
        let at = 0;
        let n = 0;
        for (let from = 0; from < query.length; ) {
          const name = /^:([A-Za-z_][\w$\u0080-\uffff]*)/.exec(
            query.slice(from),
          )?.[1];
          const k = name === undefined ? -1 : names.indexOf(name);
          const stands =
            k < 0 || name === undefined
              ? undefined
              : dialect.placeholder(name, k + 1);
          if (
            name !== undefined &&
            stands !== undefined &&
            stands !== `:${name}` &&
            text.startsWith(stands, at)
          ) {
            at += stands.length;
            from += name.length + 1;
            n += 1;
          } else {
            assert.equal(text[at], query[from]);
            at += 1;
            from += 1;
          }
        }
        assert.equal(at, text.length);
        assert.ok(dialect === sqlite || n >= new Set(names).size);
      }),
      { numRuns: 300 },
    );
    t.end();
  });
}

t.test("MySQL: a session's mode says what a backslash is", (t) => {
  const of = (mode: string, text: string) =>
    translated(text, mysql(mode), standsFor).names;
  t.same(of("", String.raw`'\' :list '`), []);
  t.same(of("NO_BACKSLASH_ESCAPES", String.raw`'\' :list '`), ["list"]);
  t.same(of("", String.raw`"\" :list "`), []);
  t.same(of("ANSI_QUOTES", String.raw`"\" :list "`), ["list"]);
  t.same(of("", "5--:list"), ["list"], "no comment without a space");
  t.end();
});

t.test("no value changes the text", (t) => {
  const query = "SELECT ':list', :sender FROM t WHERE a = :list::text";
  for (const dialect of [sqlite, postgres, mysql("")])
    fc.assert(
      fc.property(anyString(), (value) => {
        const one = translated(query, dialect, () => value);
        assert.equal(one.text, translated(query, dialect, () => "").text);
        assert.ok(one.values.every((bound) => bound === value));
      }),
    );
  t.end();
});
