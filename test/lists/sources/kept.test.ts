import {
  existsSync,
  mkdirSync,
  readdirSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { keptFile } from "../../../src/lists/sources/kept.ts";
import { list } from "./asking.ts";

t.test("what was kept for another URL goes, and so do drafts", (t) => {
  const home = t.testdir();
  const folder = join(home, "state/sources", list.address);
  mkdirSync(folder, { recursive: true });
  const now = Date.UTC(2026, 0, 1);
  const hours = (n: number) => (now - n * 3_600_000) / 1000;
  const files = {
    "web.mine.copy": 9,
    "web.old.copy": 2,
    "web.young.copy": 0.5,
    "web.x.answer": 9,
    ".a.draft": 2,
    ".b.draft": 0.5,
  };
  for (const [name, age] of Object.entries(files)) {
    writeFileSync(join(folder, name), "");
    utimesSync(join(folder, name), hours(age), hours(age));
  }
  keptFile(home, list.address, "web.mine.copy", now);
  t.same(readdirSync(folder).sort(), [
    ".b.draft",
    "web.mine.copy",
    "web.x.answer",
    "web.young.copy",
  ]);
  t.end();
});

t.test("kept files stay in their folder", (t) => {
  const home = t.testdir();
  const folder = join(home, "state/sources", list.address);
  const path = keptFile(home, list.address, "web.body");
  t.equal(path, join(folder, "web.body"));
  t.ok(existsSync(folder));
  for (const [of, name] of [
    ["../x", "a"],
    ["a@x.org", "../a"],
    ["..", "a"],
    ["a@x.org", ""],
    ["", "a"],
  ] as const)
    t.throws(() => keptFile(home, of, name), /not a name/, `${of} ${name}`);
  t.end();
});
