// Maps of real programs: Postfix's in all its kinds, tinycdb's, gdbm's and Exim's. What is whole
// comes whole; what was cut or lost a page throws, though the programs themselves read on.
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { variable } from "../../src/base/environment.ts";
import { dbmRecipients } from "../../src/lists/sources/dbm.ts";
import { contextIn, section } from "../lists/sources/asking.ts";

const path = `${variable("PATH")}:/usr/sbin:/sbin:/opt/exim4/usr/sbin`;

/** Whether programs are here; where not the test is skipped, or fails where they are required. */
function need(t: Test, ...programs: string[]): boolean {
  const missing = programs.find(
    (name) => !path.split(":").some((dir) => existsSync(join(dir, name))),
  );
  if (missing === undefined) return true;
  const reason = `no ${missing} here`;
  if (variable("LISTMILL_TEST_SERVERS") === "required") t.fail(reason);
  else t.pass(reason, { skip: true });
  return false;
}

function call(program: string, args: string[], input = ""): void {
  execFileSync(program, args, { input, env: { PATH: path }, stdio: "pipe" });
}

async function read(
  file: string,
  settings: Record<string, unknown> = {},
  refused: string[] = [],
): Promise<string[]> {
  const found = dbmRecipients(
    section("dbm", { path: file, ...settings }),
    contextIn("/", refused),
  );
  return (await Array.fromAsync(found)).flat();
}

const count = 20_000;
const people = Array.from({ length: count }, (_, n) => `u${n}@example.org`);
const map = people.map((one) => `${one} x${one}, y${one}\n`).join("");
const values = people.flatMap((one) => [`x${one}`, `y${one}`]);
const sorted = (all: string[]) => [...all].sort();

/** The file that postmap or postalias makes of a text. */
function made(t: Test, kind: string, text: string, by = "postmap"): string {
  const source = join(t.testdir(), "map");
  writeFileSync(source, text);
  call(by, [`${kind}:${source}`]);
  const ending = kind === "hash" || kind === "btree" ? "db" : kind;
  return `${source}.${ending}`;
}

for (const kind of ["hash", "btree", "cdb", "lmdb"])
  t.test(`a ${kind} map that Postfix made`, async (t) => {
    if (!need(t, "postmap")) return;
    const long = Array.from({ length: 2000 }, (_, n) => `l${n}@example.org`);
    for (const size of [0, 1, 2, 3, 17, 150, 1000]) {
      const some = people.slice(0, size);
      const text = some.map((one) => `${one} x\n`).join("");
      t.same(sorted(await read(made(t, kind, text))), sorted(some), `${size}`);
    }
    const file = made(t, kind, `${map}long ${long.join(",")}\n`);
    const refused: string[] = [];
    t.same(sorted(await read(file, {}, refused)), sorted(people));
    t.same(refused, ["long"]);
    const all = await read(file, { take: "values" });
    t.same(sorted(all), sorted([...values, ...long]));
    t.same(await read(file, { take: "values", key: "LONG" }), long);
    t.equal((await read(file, { type: kind })).length, count);
    const named = { type: kind, key: "u7@example.org" };
    t.same(await read(file.replace(/\.\w+$/, ""), named), ["u7@example.org"]);
  });

for (const kind of ["hash", "btree", "lmdb"])
  t.test(`aliases as ${kind}: names, and nothing that could run`, async (t) => {
    if (!need(t, "postalias")) return;
    const text = `dev: a@x.org, "|/bin/sh b@x.org",\n  :include:/etc/x, c@x.org\nOps: o@x.org\n`;
    const file = made(t, kind, text, "postalias");
    const refused: string[] = [];
    const all = await read(file, { take: "values" }, refused);
    t.same(sorted(all), ["a@x.org", "c@x.org", "o@x.org"]);
    t.equal(refused.length, 2, "its own notes are no addresses");
    const dev = await read(file, { take: "values", key: "%{local}" });
    t.same(dev, ["a@x.org", "c@x.org"]);
  });

for (const kind of ["hash", "btree", "cdb"])
  t.test(
    `a ${kind} map that lost something throws, or all is there`,
    async (t) => {
      if (!need(t, "postmap")) return;
      const file = made(t, kind, map);
      const { size } = statSync(file);
      const harmed = `${file}.harmed.${kind === "cdb" ? "cdb" : "db"}`;
      const attempt = async (what: string) => {
        try {
          t.equal((await read(harmed)).length, count, what);
        } catch (error) {
          t.match(error, { name: "Failure", exitCode: 75 }, what);
        }
      };
      for (let n = 1; n < 16; n += 3) {
        copyFileSync(file, harmed);
        truncateSync(harmed, Math.floor((size * n) / 16 / 4096) * 4096);
        await t.rejects(
          read(harmed),
          { name: "Failure", message: /cut short|damaged/ },
          `cut at ${n}/16`,
        );
      }
      for (let page = 0; (page + 1) * 4096 <= size; page += 37) {
        const bytes = readFileSync(file);
        bytes.fill(0, page * 4096, (page + 1) * 4096);
        writeFileSync(harmed, bytes);
        await attempt(`page ${page} of zeros`);
      }
    },
  );

t.test("what tinycdb made, also with entries that were replaced", async (t) => {
  if (!need(t, "cdb")) return;
  const file = join(t.testdir(), "people.cdb");
  const line = (one: string) => `+${one.length},1:${one}->x\n`;
  const first = people.slice(0, 300).map(line).join("");
  const again = people.slice(0, 100).map(line).join("");
  for (const [options, wanted] of [
    ["-c", 400],
    ["-cr", 300],
    ["-c0", 300],
    ["-cu", 300],
  ] as const) {
    call("cdb", [options, file], `${first}${again}\n`);
    const found = await read(file);
    t.equal(found.length, wanted, options);
    t.equal(new Set(found).size, 300, options);
  }
});

t.test("what gdbm made", async (t) => {
  if (!need(t, "gdbmtool", "gdbm_dump")) return;
  const file = join(t.testdir(), "people.gdbm");
  const lines = people.map((one) => `store "${one}" "x${one}, y${one}"\n`);
  call("gdbmtool", ["-n", file], lines.join(""));
  t.same(sorted(await read(file)), sorted(people));
  t.same(sorted(await read(file, { take: "values" })), sorted(values));
  truncateSync(file, statSync(file).size / 2);
  await t.rejects(read(file), { name: "Failure", exitCode: 75 });
});

t.test("what Exim made", async (t) => {
  if (!need(t, "exim_dbmbuild")) return;
  const home = t.testdir({
    people: "a@x.org: b@x.org, c@x.org\nD@x.org: e@x.org\n",
  });
  call("exim_dbmbuild", [join(home, "people"), join(home, "people.dbm")]);
  const file =
    ["people.dbm", "people.dbm.db"]
      .map((name) => join(home, name))
      .find(existsSync) ?? "";
  t.same(sorted(await read(file)), ["a@x.org", "d@x.org"]);
  t.same(sorted(await read(file, { take: "values" })), [
    "b@x.org",
    "c@x.org",
    "e@x.org",
  ]);
});
