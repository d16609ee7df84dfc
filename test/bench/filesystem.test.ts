import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { filesystemOf } from "../../bench/filesystem.ts";

t.test("a folder's file system is told", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "listmill-fs-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  t.match(filesystemOf(folder), /^[a-z0-9.]+( with(out)? a journal)?$/);
  t.equal(filesystemOf("/proc"), "proc");
  t.equal(filesystemOf("/nowhere/at/all"), "an unknown file system");
});
