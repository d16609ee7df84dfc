// Who gets nothing: files of the home and the list, the table, addresses and whole domains.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import {
  suppressible,
  unsuppressed,
} from "../../../src/lists/refine/suppress.ts";
import { stateOf } from "../../../src/lists/state.ts";
import { makeLocal } from "../../../src/state/local.ts";

const address = "news@x.org";

async function homeIn(t: Test) {
  const home = t.testdir();
  const dir = join(home, "list");
  mkdirSync(dir);
  makeLocal(home).close();
  const state = await stateOf(home);
  t.teardown(() => state.close());
  const said: string[] = [];
  let files = 0;
  const scratch = () => {
    files += 1;
    return join(home, `scratch.${files}`);
  };
  const left = async (list: readonly string[], memory?: number) => {
    const file = scratch();
    writeFileSync(file, list.map((line) => `${line}\n`).join(""));
    const asked = {
      recipientsFile: async () => file,
      scratch,
      log: (text: string) => said.push(text),
    };
    const place = { home, list: { address, dir } };
    const refined = await unsuppressed(asked, place, memory);
    if (!refined) return list;
    return readFileSync(refined.file, "utf8").split("\n").slice(0, -1);
  };
  const suppress = (list: string, ...keys: string[]) =>
    state.suppressed.add(
      keys.map((key) => ({ list, key, address: key, reason: "", since: 1 })),
    );
  return { home, dir, said, left, suppress };
}

const everyone = ["a@x.org", "B@x.org", "c@y.org", "d@Y.org", "e@z.org"];

t.test("files of the home and of the list", async (t) => {
  const { home, dir, said, left } = await homeIn(t);
  t.same(await left(everyone), everyone, "without any, all stay");
  writeFileSync(
    join(home, "suppressed"),
    "# left\n\nb@X.org\r\nAnn <A@x.org>  # asked us to\nno address\n",
  );
  writeFileSync(join(dir, "suppressed"), "@y.ORG");
  t.same(await left(everyone), ["e@z.org"]);
  t.same(said, [
    `${join(home, "suppressed")}: passed over, neither address nor @domain: no address`,
    "left out 4 that are suppressed",
  ]);
});

t.test("the table, of the site and of the list", async (t) => {
  const { left, suppress } = await homeIn(t);
  await suppress("", "a@x.org", "@z.org");
  await suppress(address, "b@x.org");
  await suppress("other@x.org", "c@y.org");
  t.same(await left(everyone), ["c@y.org", "d@Y.org"]);
});

t.test("a file that cannot be read stops the post", async (t) => {
  const { home, left } = await homeIn(t);
  mkdirSync(join(home, "suppressed"));
  await t.rejects(left(everyone), {
    message: /suppressed cannot be read: .*: let listmill's user read it/,
    exitCode: 75,
  });
});

t.test("broken lines are named, not without end", async (t) => {
  const { home, said, left } = await homeIn(t);
  writeFileSync(join(home, "suppressed"), "oops\n".repeat(1000));
  t.same(await left(everyone), everyone);
  t.equal(said.length, 21);
  t.match(said.at(-1), /more such lines/);
});

t.test("what may be written", async (t) => {
  t.equal(suppressible(" Ann <Ann@X.org> "), "Ann@x.org");
  t.equal(suppressible("@X.org"), "@x.org");
  t.equal(suppressible("@bücher.example"), "@xn--bcher-kva.example");
  for (const wrong of ["ann", "@", "@x@y.org", "a b@x.org", "", "@-.org"])
    t.equal(suppressible(wrong), undefined, wrong);
});

t.test("the same as a filter of strings, some at a time or all", async (t) => {
  const { home, dir, left, suppress } = await homeIn(t);
  const name = fc.constantFrom("a", "b", "C", "long.name+tag");
  const domain = fc.constantFrom("x.org", "Y.org", "z.example");
  const person = fc.tuple(name, domain).map(([a, b]) => `${a}@${b}`);
  const entry = fc.oneof(
    { weight: 4, arbitrary: person },
    { weight: 1, arbitrary: domain.map((name) => `@${name}`) },
  );
  await suppress("", "b@z.example");
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { maxLength: 20 }),
      fc.array(entry, { maxLength: 8 }),
      fc.array(entry, { maxLength: 8 }),
      fc.constantFrom(0, 20, 1e6),
      async (list, ofSite, ofList, memory) => {
        writeFileSync(join(home, "suppressed"), ofSite.join("\n"));
        writeFileSync(join(dir, "suppressed"), ofList.join("\n"));
        const out = [...ofSite, ...ofList, "b@z.example"].map((one) =>
          one.toLowerCase(),
        );
        const wanted = list.filter((one) => {
          const key = one.toLowerCase();
          return !out.includes(key) && !out.includes(key.replace(/.*@/, "@"));
        });
        assert.deepEqual(await left(list, memory), wanted);
      },
    ),
    { numRuns: 100 },
  );
});

t.test("a file that cannot be understood stops the post", async (t) => {
  const { home, left } = await homeIn(t);
  writeFileSync(
    join(home, "suppressed"),
    Buffer.from("\ufeffa@x.org\n", "utf16le"),
  );
  await t.rejects(left(everyone), {
    exitCode: 75,
    message: /suppressed .*UTF-16/,
  });
});
