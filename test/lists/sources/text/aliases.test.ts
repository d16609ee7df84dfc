import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { fileRecipients } from "../../../../src/lists/sources/file.ts";
import { targets } from "../../../../src/lists/sources/text/aliases.ts";
import { contextIn, section } from "../asking.ts";

async function read(
  home: string,
  text: string,
  key?: string,
  refused: string[] = [],
): Promise<string[]> {
  writeFileSync(join(home, "aliases"), text);
  const settings = { path: "aliases", format: "aliases", ...(key && { key }) };
  const found = fileRecipients(
    section("file", settings),
    contextIn(home, refused),
  );
  return (await Array.fromAsync(found)).flat();
}

const file = `# Aliases
DEV: a@x.org, Jane <b@x.org>,
   c@x.org,   # and so on

# between
\t"Doe, Jane" <d@x.org>
"two words" : e@x.org (the one, there)
ops:f@x.org
empty:
`;

t.test("all names, or the one that is wanted, in any case", async (t) => {
  const home = t.testdir();
  const dev = ["a@x.org", "b@x.org", "c@x.org", "d@x.org"];
  t.same(await read(home, file), [...dev, "e@x.org", "f@x.org"]);
  t.same(await read(home, file, "%{local}"), dev);
  t.same(await read(home, file, "Two Words"), ["e@x.org"]);
  t.same(await read(home, file, "OPS"), ["f@x.org"]);
  t.same(await read(home, file, "empty"), []);
});

t.test(
  "a name that is not there throws, and so does a placeholder",
  async (t) => {
    const home = t.testdir();
    await t.rejects(read(home, file, "de"), {
      name: "Failure",
      exitCode: 75,
      message: /there is no entry de in it/,
    });
    await t.rejects(read(home, file, "%{lokal}"), /there is no %\{lokal\}/);
  },
);

t.test(
  "programs, files and includes are refused by name, whatever address they hold",
  async (t) => {
    const home = t.testdir();
    const refused: string[] = [];
    const text = `dev: "|/bin/vacation a@x.org", |cat, /var/mail/a@x.org,
  "/dev/null", :include:/etc/x, ":Include:/etc/y@x.org", \\root, bob, good@x.org
`;
    t.same(await read(home, text, undefined, refused), ["good@x.org"]);
    t.equal(refused.length, 8);
    t.match(refused[0], "|/bin/vacation a@x.org");
  },
);

t.test("a line that is none, and what continues it, is refused", async (t) => {
  const refused: string[] = [];
  const text = " early@x.org\nno colon\n more@x.org\ndev: a@x.org\n";
  t.same(await read(t.testdir(), text, undefined, refused), ["a@x.org"]);
  t.same(refused, ["early@x.org", "no colon", "more@x.org"]);
});

t.test("an address without an end throws", async (t) => {
  const text = `dev: "open,\n${" x,\n".repeat(4000)}`;
  await t.rejects(read(t.testdir(), text), /aliases:\d+: an address without/);
});

t.test("100,000 addresses of one name", async (t) => {
  const all = Array.from({ length: 100_000 }, (_, n) => `u${n}@x.org`);
  t.same(await read(t.testdir(), `dev: ${all.join(",\n  ")}\n`), all);
});

t.test(
  "5,000 addresses on one line, and none on one without end",
  async (t) => {
    const home = t.testdir();
    const all = Array.from(
      { length: 5000 },
      (_, n) => `user${n}@x.example.org`,
    );
    const text = `staff: ${all.join(", ")}\nops: f@x.org\n`;
    t.same(await read(home, text, "staff"), all);
    t.same(await read(home, text), [...all, "f@x.org"]);
    const endless = `staff: ${"user@x.example.org, ".repeat(250_000)}\n`;
    await t.rejects(read(home, endless, "staff"), {
      exitCode: 75,
      message: /aliases: a line of more than 4096 KiB/,
    });
  },
);

t.test("a key may name a field of the header, with dashes", async (t) => {
  const home = t.testdir();
  writeFileSync(join(home, "aliases"), "maths: m@x.org\nlatin: l@x.org\n");
  const settings = section("file", {
    path: "aliases",
    format: "aliases",
    key: "%{header_X-Course}",
  });
  const context = contextIn(home, [], [], "X-Course: latin\n");
  const found = await Array.fromAsync(fileRecipients(settings, context));
  t.same(found.flat(), ["l@x.org"]);
});

t.test("however a value is cut, nothing is made up", (t) => {
  const context = contextIn(".");
  const part = fc.constantFrom(
    ...[
      `a@x.org`,
      "b@x.org",
      ",",
      '"',
      "(",
      ")",
      "<",
      ">",
      "\\",
      "|",
      "/",
      " ",
    ],
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      const text = parts.join("");
      for (const address of targets(text, context))
        assert.ok(text.includes(address.replace(/@x\.org$/, "")), text);
      if (/^\s*"?\s*[|/][^,]*$/.test(text))
        assert.deepEqual([...targets(text, context)], []);
    }),
    { numRuns: 2000 },
  );
  t.end();
});
