import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Git, settingOf } from "../../../src/archivers/publicinbox/git.ts";

const skip = existsSync("/usr/bin/git") ? false : "no git here";

t.test("what is in a repository, and since when", { skip }, async (t) => {
  const dir = join(t.testdir(), "x.git");
  execFileSync("git", ["init", "-q", "--bare", "-b", "trunk", dir]);
  const git = new Git(dir, 20_000);
  const branch = git.branch();
  t.equal(branch, "refs/heads/trunk");
  t.equal(await git.tip(branch), "");
  const blob = "587be6b4c3f93f93c489c0111bba5596147a26cb";
  t.notOk(await git.hasSince(branch, "", blob));
  async function* commit() {
    yield Buffer.from(
      `blob\nmark :1\ndata 2\nx\n\nreset ${branch}\ncommit ${branch}\ncommitter a <b> 0 +0000\ndata 0\nM 100644 :1 m\n\ndone\n`,
    );
  }
  async function* broken() {
    yield Buffer.from("no command\n");
  }
  await t.rejects(git.import(broken()), /git ended with 128/);
  t.same(
    readdirSync(dir).filter((name) => /crash/.test(name)),
    [],
    "no report is left",
  );
  await git.import(commit());
  const tip = await git.tip(branch);
  t.match(tip, /^[0-9a-f]{40}$/);
  t.ok(await git.hasSince(branch, "", blob));
  t.notOk(await git.hasSince(branch, tip, blob));
  const gone = "1".repeat(40);
  t.ok(await git.hasSince(branch, gone, blob), "history was written anew");
  t.notOk(await git.hasSince(branch, tip, gone));
  await t.rejects(git.tell(["no-such-command"]), /git ended with 1: /);
});

t.test("a setting that somebody has made stays", { skip }, async (t) => {
  const file = join(t.testdir(), "config");
  t.equal(await settingOf(file, "publicinbox.a.b.address", "a@b"), "a@b");
  t.equal(await settingOf(file, "publicinbox.a.b.address", "c@d"), "a@b");
  t.equal(readFileSync(file, "utf8"), '[publicinbox "a.b"]\n\taddress = a@b\n');
});

t.test("settings that cannot be read are not unset", { skip }, async (t) => {
  const file = join(t.testdir(), "config");
  writeFileSync(file, "[publicinbox\n");
  await t.rejects(settingOf(file, "publicinbox.a.address", "a@b"), {
    message: /ended with 128: .*bad config line 1/,
  });
});
