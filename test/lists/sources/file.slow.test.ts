import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { fileRecipients } from "../../../src/lists/sources/file.ts";
import { canonical, fromLine, isPlain } from "../../../src/mail/address.ts";
import { contextIn, section } from "./asking.ts";

async function read(
  home: string,
  settings: Record<string, unknown>,
  refused: string[] = [],
): Promise<string[]> {
  const found = fileRecipients(
    section("file", settings),
    contextIn(home, refused),
  );
  return (await Array.fromAsync(found)).flat();
}

t.test(
  "a file gives an address a line and refuses the rest by name",
  async (t) => {
    const home = t.testdir({
      "members.txt":
        "\ufeff# all\na@x.org\r\n\n  b@x.org # Bob\nCarl <c@x.org>\nno address\na#b@x.org\n#d@x.org\n%include@x.org\nlast@x.org",
    });
    const refused: string[] = [];
    t.same(await read(home, { path: "members.txt" }, refused), [
      "a@x.org",
      "b@x.org",
      "c@x.org",
      "a#b@x.org",
      "%include@x.org",
      "last@x.org",
    ]);
    t.same(refused, ["no address"]);
  },
);

t.test("all files of a folder, in order, but no copies of them", async (t) => {
  const home = t.testdir({
    people: {
      "20-b": "b@x.org\n",
      "10-a": "a@x.org",
      ".hidden": "no1@x.org",
      "10-a~": "no2@x.org",
      "10-a.bak": "no3@x.org",
      "#10-a#": "no4@x.org",
      deeper: { file: "no5@x.org" },
    },
    none: { ".gitkeep": "" },
  });
  t.same(await read(home, { path: "people" }), ["a@x.org", "b@x.org"]);
  await t.rejects(read(home, { path: "none" }), /no file in this folder/);
  t.same(await read(home, { path: join(home, "people") }), [
    "a@x.org",
    "b@x.org",
  ]);
});

t.test("one file of a folder that cannot be read fails all", async (t) => {
  const home = t.testdir({
    people: { a: "a@x.org\n", b: t.fixture("symlink", "gone") },
  });
  await t.rejects(read(home, { path: "people" }), {
    name: "Failure",
    exitCode: 75,
    message: /people\/b/,
  });
});

t.test("what is missing, or no file, throws and never waits", async (t) => {
  const home = t.testdir();
  execFileSync("mkfifo", [join(home, "pipe")]);
  for (const path of ["gone.txt", "pipe", "/dev/null"])
    await t.rejects(read(home, { path }), {
      name: "Failure",
      exitCode: 75,
      message: new RegExp(`\\[file\\]: .*${path}`),
    });
});

t.test("a file that is written to while it is read throws", async (t) => {
  const home = t.testdir({ f: "a@x.org\n".repeat(50_000) });
  const found = fileRecipients(section("file", { path: "f" }), contextIn(home));
  await found.next();
  appendFileSync(join(home, "f"), "late@x.org\n");
  await t.rejects(Array.fromAsync(found), /changed while it was read/);
});

t.test(
  "a line that is too long to be one throws, wherever it lies",
  async (t) => {
    const home = t.testdir();
    for (const before of [0, 1, 200_000]) {
      const text = `${"a@x.org\n".repeat(before)}${"x".repeat(40_000)}\nb@x.org\n`;
      writeFileSync(join(home, "f"), text);
      await t.rejects(read(home, { path: "f" }), {
        name: "Failure",
        exitCode: 75,
        message: /f: a line of more than 32 KiB, with "x+" in it/,
      });
    }
  },
);

t.test("UTF-16 is told from a list of nobody", async (t) => {
  const home = t.testdir();
  writeFileSync(join(home, "f"), Buffer.from("\ufeffa@x.org\n", "utf16le"));
  await t.rejects(read(home, { path: "f" }), /f: this is UTF-16/);
});

t.test("settings of another format are not passed over", async (t) => {
  const home = t.testdir({ f: "a@x.org\n" });
  await t.rejects(
    read(home, { path: "f", key: "staff" }),
    /format = "aliases"/,
  );
  await t.rejects(read(home, { path: "f", column: 2 }), /format = "csv"/);
});

t.test("%include brings people in, and never nobody instead", async (t) => {
  const home = t.testdir({
    f: "a@x.org\n%include  owners # both\n%include\tsales@x.org\nz@x.org\n",
    bad: "a@x.org\n\n%include nobody@x.org\n",
    none: "%include\n",
  });
  const include = async function* (role: string) {
    if (role === "owners") yield* ["o1@x.org", "o2@x.org"];
    else if (role === "sales@x.org")
      for (let n = 0; n < 2500; n += 1) yield `s${n}@x.org`;
    else throw new Error(`no such list as "${role}"`);
  };
  const of = async (path: string) => {
    const context = { ...contextIn(home), include };
    const found = fileRecipients(section("file", { path }), context);
    return (await Array.fromAsync(found)).flat();
  };
  const all = await of("f");
  t.equal(all.length, 2504);
  t.same(all.slice(0, 4), ["a@x.org", "o1@x.org", "o2@x.org", "s0@x.org"]);
  t.equal(all.at(-1), "z@x.org");
  await t.rejects(of("bad"), {
    name: "Failure",
    message: /bad:3: no such list as "nobody@x\.org"/,
  });
  await t.rejects(of("none"), /none:1: no such list as ""/);
  await t.rejects(read(home, { path: "f" }), /f:2: %include is not known here/);
});

t.test("what is plain is canonical as it stands", async (t) => {
  t.ok(isPlain("a.b+c_d-e@sub-1.example.org"));
  const piece = fc.constantFrom(
    ...'abz019.-_+@@ \t[]"()<>,;:\\!ÄA',
    "example",
    "x.org",
    "@x",
    "--",
    "..",
  );
  const likely = fc.array(piece, { maxLength: 90 }).map((all) => all.join(""));
  const label = fc.stringMatching(/^[a-z0-9-]{1,64}$/);
  const shaped = fc
    .tuple(fc.stringMatching(/^[a-z0-9._+-]{1,66}$/), label, label)
    .map(([local, a, b]) => `${local}@${a}.${b}`);
  let plain = 0;
  fc.assert(
    fc.property(fc.oneof(likely, shaped, fc.string()), (text) => {
      if (!isPlain(text)) return;
      plain += 1;
      assert.equal(canonical(text), text);
      assert.equal(fromLine(text), text);
    }),
    { numRuns: 2000 },
  );
  t.ok(plain > 40, `${plain} were plain`);
});

t.test("any lines: each is an address, or refused, or nothing", async (t) => {
  const home = t.testdir();
  const part = fc.constantFrom(
    "a@x.org",
    "b@y.example",
    "A <c@x.org>",
    "rubbish",
    " ",
    "#",
    "\r",
    "ä@x.org",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(part, { maxLength: 3 })),
      async (lines) => {
        const texts = lines.map((parts) => parts.join(""));
        writeFileSync(join(home, "any"), texts.join("\n"));
        const refused: string[] = [];
        const found = await read(home, { path: "any" }, refused);
        const bare = texts.map((text) => text.replace(/(^|[ \t])#.*/s, ""));
        const filled = bare.filter((text) => text.trim() !== "");
        const good = filled.flatMap((text) => fromLine(text) ?? []);
        assert.deepEqual(found, good);
        assert.equal(refused.length, filled.length - good.length);
      },
    ),
    { numRuns: 100 },
  );
});

const corpus = "../shared/corpus/addresses";
const missing = existsSync(corpus) ? false : `no ${corpus}`;

t.test("tables of good and bad addresses", { skip: missing }, async (t) => {
  const home = t.testdir();
  let passed = 0;
  let refusals = 0;
  for (const table of readdirSync(corpus)) {
    const { items } = JSON.parse(readFileSync(join(corpus, table), "utf8"));
    if (!Array.isArray(items)) continue;
    for (const { input, valid, smtp_usable } of items as Item[]) {
      // A line is what a file can hold; # and % have a meaning of their own.
      if (typeof input !== "string" || /[\r\n#%]|^\s*$/.test(input)) continue;
      writeFileSync(join(home, "one"), `${input}\n`);
      const refused: string[] = [];
      const found = await read(home, { path: "one" }, refused);
      assert.equal(found.length + refused.length, 1, input);
      const [address = ""] = found;
      if (found.length > 0) {
        passed += 1;
        assert.equal(canonical(address), address);
        assert.doesNotMatch(address, /[\p{Cc}\n]/u);
      } else refusals += 1;
      // A usable one must pass, and what no standard knows must not.
      if (smtp_usable === true && !tooLong(input) && !/\[IPv6/i.test(input))
        assert.equal(found.length, 1, `${table}: ${input}`);
      if (valid === false && table.startsWith("isemail-tests"))
        assert.equal(found.length, 0, `${table}: ${input}`);
    }
  }
  t.ok(passed > 300, `${passed} passed`);
  t.ok(refusals > 300, `${refusals} refused`);
});

interface Item {
  readonly input?: unknown;
  readonly valid?: boolean | null;
  readonly smtp_usable?: boolean;
}

function tooLong(input: string): boolean {
  return input.length > 254;
}
