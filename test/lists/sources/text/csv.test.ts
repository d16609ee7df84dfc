import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { fileRecipients } from "../../../../src/lists/sources/file.ts";
import { contextIn, section } from "../asking.ts";

async function read(
  home: string,
  text: string,
  settings: Record<string, unknown> = {},
  refused: string[] = [],
): Promise<string[]> {
  writeFileSync(join(home, "t.csv"), text);
  const found = fileRecipients(
    section("file", { path: "t.csv", format: "csv", ...settings }),
    contextIn(home, refused),
  );
  return (await Array.fromAsync(found)).flat();
}

t.test("the first column, whether it has a name or not", async (t) => {
  const home = t.testdir();
  t.same(await read(home, "a@x.org,A\nb@x.org\r\n\nc@x.org,C,more"), [
    "a@x.org",
    "b@x.org",
    "c@x.org",
  ]);
  t.same(await read(home, "\ufeffMail,Name\na@x.org,A\n"), ["a@x.org"]);
  t.same(await read(home, ""), []);
});

t.test("a column by its name or number, with any separator", async (t) => {
  const home = t.testdir();
  const text =
    'Name;E-Mail ;Town\n"Doe; ""Jane""";"A@X.org";"Two\nlines"\nX; c@x.org;Y\n';
  const settings = { separator: ";" };
  const wanted = ["A@x.org", "c@x.org"];
  t.same(await read(home, text, { ...settings, column: "e-mail" }), wanted);
  t.same(await read(home, text, { ...settings, column: 2 }), wanted);
  t.same(await read(home, "a\tb@x.org", { separator: "\t", column: 2 }), [
    "b@x.org",
  ]);
  t.same(
    await read(home, "a@x.org\nb@x.org\n", { column: "a@x.org" }),
    ["b@x.org"],
    "a name is a name",
  );
});

t.test(
  "what is no address, and a row that is too short, is named",
  async (t) => {
    const refused: string[] = [];
    t.same(
      await read(
        t.testdir(),
        "id,mail\n1,a@x.org\n2,rubbish\n3\n4,\n5,b@x.org\n",
        { column: "mail" },
        refused,
      ),
      ["a@x.org", "b@x.org"],
    );
    t.same(refused, ["rubbish", "a row of 1 column: 3"]);
  },
);

t.test("a column that is not there throws", async (t) => {
  const home = t.testdir();
  await t.rejects(read(home, "id,mail\n1,a@x.org\n", { column: "email" }), {
    name: "Failure",
    exitCode: 75,
    message: /t\.csv:1: there is no column email; there are id, mail/,
  });
  await t.rejects(
    read(home, "", { column: "mail" }),
    /: the file is empty, without a column mail$/,
  );
});

t.test("quotes that do not match throw with their line", async (t) => {
  const home = t.testdir();
  const many = "u@x.org,name\n".repeat(100_000);
  for (const [text, line] of [
    ['a@x.org,"open\nb@x.org,x\n', "\\d"],
    ['a@x.org,x\nb@x.org,"bad"quote\n', 2],
    ['a@x.org,x\nb@x.org,mid"dle\n', 2],
    [`a@x.org,"open\n${many}`, "\\d+"],
  ] as const)
    await t.rejects(read(home, text), {
      name: "Failure",
      message: new RegExp(`t\\.csv:${line}: not valid CSV`),
    });
});

t.test("any table is read as it was written", async (t) => {
  const home = t.testdir();
  const cell = fc.string({ unit: fc.constantFrom(...'a",; \n\r\u00e4') });
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell)), async (rows) => {
      const text = rows.map(
        ([a, b], n) => `${quoted(a)},u${n}@x.org,${quoted(b)}\r\n`,
      );
      const found = await read(home, `a,m,b\r\n${text.join("")}`, {
        column: "m",
      });
      assert.deepEqual(
        found,
        rows.map((_, n) => `u${n}@x.org`),
      );
    }),
    { numRuns: 100 },
  );
});
