import { existsSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { keptFile } from "../../../src/lists/sources/kept.ts";
import { list } from "./asking.ts";

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
