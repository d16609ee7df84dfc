// What comes back from an account that hooks run under is not its own any more.
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { giveFolder, takeBack } from "../../src/engine/handover.ts";

const account = { name: "somebody", uid: 54321, gid: 54321 };
const skip =
  process.getuid?.() === 0 ? false : "only root can give files to others";

t.test("a folder that is taken back is closed", { skip }, async (t) => {
  const folder = join(t.testdir(), "emit");
  giveFolder(account, folder);
  const inner = join(folder, "anna@x.org");
  mkdirSync(inner);
  writeFileSync(join(inner, "1"), "Subject: a\n\n");
  for (const path of [inner, join(inner, "1")])
    chownSync(path, account.uid, account.gid);
  for (const path of [folder, inner]) chmodSync(path, 0o777);
  t.equal(takeBack(account, folder), undefined);
  for (const path of [folder, inner]) {
    const { uid, mode } = lstatSync(path);
    t.same([uid, mode & 0o777], [0, 0o700], "nobody can swap a name in it");
  }
});

t.test("a link or a stranger's file in it is told", { skip }, async (t) => {
  for (const make of [
    (path: string) => symlinkSync("/etc/hostname", path),
    (path: string) => writeFileSync(path, "root's"),
  ]) {
    const folder = join(t.testdir(), "emit");
    giveFolder(account, folder);
    make(join(folder, "1"));
    t.match(takeBack(account, folder), /1, which is no file of its own$/);
  }
});
