import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { toMaildir } from "../../src/archivers/maildir.ts";
import { postOf, text } from "./post.ts";

const settings = { folder: "maildir", mailbox: "{{domain}}/{{local}}" };
const boxOf = (home: string) => join(home, "maildir", ".lists_example_org.dev");

t.test("a post is new mail in the list's folder", async (t) => {
  const home = t.testdir();
  const post = await postOf(home, 3, text("a"));
  t.match(await toMaildir(post, settings), {
    what: "in .lists_example_org.dev",
  });
  const [name = "", ...more] = readdirSync(join(boxOf(home), "new"));
  t.same(more, []);
  const file = join(boxOf(home), "new", name);
  t.equal(readFileSync(file, "utf8"), text("a"));
  t.match(name, /^1795708979\.N3_[A-Z2-7]{32}\.listmill,S=\d+$/);
  t.equal(Number(name.split("S=")[1]), statSync(file).size);
  t.same(readdirSync(join(boxOf(home), "tmp")), []);
  t.ok(statSync(join(boxOf(home), "maildirfolder")).isFile());
});

t.test(
  "it never comes again, whatever readers have done with it",
  async (t) => {
    const home = t.testdir();
    const post = await postOf(home, 3);
    await toMaildir(post, settings);
    const at = (folder: string) => join(boxOf(home), folder);
    t.match(await toMaildir(post, settings), { kind: "done" });
    t.equal(readdirSync(at("new")).length, 1, "not read yet");
    const [name = ""] = readdirSync(at("new"));
    renameSync(join(at("new"), name), join(at("cur"), `${name}:2,S`));
    t.match(await toMaildir(post, settings), { what: "was there" });
    t.same(readdirSync(at("new")), [], "read");
    rmSync(join(at("cur"), `${name}:2,S`));
    await toMaildir(post, settings);
    t.same(
      [...readdirSync(at("new")), ...readdirSync(at("cur"))],
      [],
      "deleted",
    );
  },
);

t.test("folders get the permissions of the Maildir", async (t) => {
  const home = t.testdir();
  mkdirSync(join(home, "maildir"));
  chmodSync(join(home, "maildir"), 0o2770);
  await toMaildir(await postOf(home, 1), settings);
  for (const part of ["", "new", "cur", "tmp"])
    t.equal(statSync(join(boxOf(home), part)).mode & 0o7777, 0o2770, part);
  for (const part of ["new", "cur", "tmp"])
    t.equal(
      statSync(join(home, "maildir", part)).mode & 0o7777,
      0o2770,
      `its INBOX: ${part}`,
    );
});

t.test("first posts that come at the same time", async (t) => {
  const home = t.testdir();
  const posts = await Promise.all([1, 2, 3].map((one) => postOf(home, one)));
  await Promise.all(posts.map((post) => toMaildir(post, settings)));
  t.equal(readdirSync(join(boxOf(home), "new")).length, 3);
});
