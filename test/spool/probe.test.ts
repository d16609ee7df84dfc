import { execFileSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { fileOperations, probe } from "../../src/spool/probe.ts";

function refused(code: string): () => never {
  return () => {
    throw Object.assign(new Error(`${code}: refused`), { code });
  };
}

t.test(
  "this file system can hold a spool, and nothing of the probe stays",
  async (t) => {
    const folder = t.testdir();
    t.same(probe(folder), []);
    t.same(readdirSync(folder), []);
  },
);

t.test("a folder that cannot be written to is said so", async (t) => {
  const folder = join(t.testdir(), "missing");
  const problems = probe(folder);
  t.equal(problems.length, 1);
  t.match(problems[0], /missing cannot be written to: ENOENT/);
});

const lies: [what: string, said: RegExp, fs: Partial<typeof fileOperations>][] =
  [
    [
      "links that are refused",
      /no hard links; .* \(EPERM\)$/,
      { linkSync: refused("EPERM") },
    ],
    [
      "links that are copies",
      /no hard links;/,
      {
        linkSync: (from, to) =>
          writeFileSync(String(to), readFileSync(String(from))),
      },
    ],
    [
      "a rename that runs over a full folder",
      /runs over a folder that is not empty;/,
      {
        renameSync: (from, to) => {
          if (String(to).endsWith("other"))
            rmSync(String(to), { recursive: true });
          fileOperations.renameSync(from, to);
        },
      },
    ],
    [
      "a folder that cannot be renamed",
      /a folder cannot be renamed with what is in it; .* \(EXDEV\)$/,
      {
        renameSync: (from, to) => {
          if (String(from).endsWith("entry")) refused("EXDEV")();
          fileOperations.renameSync(from, to);
        },
      },
    ],
    [
      "a rename that replaces no file",
      /a file is not replaced by a rename; .* \(EEXIST\)$/,
      {
        renameSync: (from, to) => {
          if (String(to).endsWith("old")) refused("EEXIST")();
          fileOperations.renameSync(from, to);
        },
      },
    ],
    [
      "a mkdir that succeeds twice",
      /mkdir succeeds twice for one name;/,
      { mkdirSync: (() => undefined) as typeof fileOperations.mkdirSync },
    ],
    [
      "a sync that fails",
      /a folder cannot be synced to disk; .* \(EINVAL\)$/,
      { fsyncSync: refused("EINVAL") },
    ],
  ];

for (const [what, said, fs] of lies)
  t.test(`${what}: one sentence that says what to do`, async (t) => {
    const folder = t.testdir();
    const problems = probe(folder, { ...fileOperations, ...fs });
    const found = problems.filter((problem) => said.test(problem));
    t.equal(found.length, 1, problems.join("\n"));
    for (const problem of problems) {
      t.ok(problem.startsWith(`${folder}: `));
      t.match(problem, /put the spool on a local file system .* or on NFS/);
    }
    t.same(readdirSync(folder), []);
  });

t.test("a FAT file system cannot hold a spool", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "listmill-fat-"));
  t.teardown(() => rmSync(dir, { recursive: true }));
  const image = join(dir, "image");
  const place = mkdtempSync(join(dir, "place-"));
  writeFileSync(image, "");
  truncateSync(image, 2 ** 23);
  try {
    execFileSync("mkfs.vfat", [image], { stdio: "pipe" });
    execFileSync("mount", ["-o", "loop", image, place], { stdio: "pipe" });
  } catch (error) {
    return t.plan(0, `no FAT file system can be made or mounted: ${error}`);
  }
  try {
    const problems = probe(place).join("\n");
    t.match(problems, /no hard links/);
    t.match(problems, /names that differ only in case are one/);
    t.same(readdirSync(place), []);
  } finally {
    execFileSync("umount", [place]);
  }
});
