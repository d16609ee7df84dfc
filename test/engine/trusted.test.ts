import {
  chmodSync,
  lchownSync,
  mkdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { ownership, usuallyTrusted, Ways } from "../../src/engine/trusted.ts";

const STRANGER = 54321;
const skip =
  process.getuid?.() === 0 ? false : "only root can give files to others";

function ground(t: Test) {
  const root = realpathSync(t.testdir());
  const at = (path: string) => join(root, path);
  const file = (path: string) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), "");
    return at(path);
  };
  const seen: string[] = [];
  const look = (path: string, trusted = usuallyTrusted()) =>
    new Ways(trusted, (way) => seen.push(way)).problem(path);
  return { at, file, look, seen };
}

t.test("what is nobody else's is trusted, and what is not there", async (t) => {
  const { at, file, look, seen } = ground(t);
  t.equal(look(file("a/b/c")), undefined);
  t.ok(["/", at("a"), at("a/b/c")].every((path) => seen.includes(path)));
  t.equal(look(at("a/none/c")), undefined);
  t.equal(look(at("a/b/c/d")), undefined, "a file where a folder should be");
});

t.test("any folder above that others can write to counts", async (t) => {
  const { at, file, look } = ground(t);
  const path = file("a/b/c");
  const told = (which: string) =>
    `${at(which)}: refused, others can write to it (chmod o-w)`;
  for (const which of ["a", "a/b", "a/b/c"]) {
    chmodSync(at(which), 0o777);
    t.equal(look(path), told(which));
    chmodSync(at(which), 0o755);
  }
  t.equal(look(path), undefined);
});

t.test(
  "in a sticky folder the next name's owner counts",
  { skip },
  async (t) => {
    const { at, file, look } = ground(t);
    const path = file("a/b/c");
    chmodSync(at("a"), 0o1777);
    t.equal(look(path), undefined, "as in /tmp");
    lchownSync(at("a/b"), STRANGER, STRANGER);
    t.match(
      look(path),
      `${at("a/b")}: refused, it belongs to user ${STRANGER}: `,
    );
    chmodSync(path, 0o1777);
    lchownSync(at("a/b"), 0, 0);
    t.match(look(path), /others can write/, "a file cannot be sticky");
  },
);

t.test(
  "what somebody else owns is refused, if not trusted",
  { skip },
  async (t) => {
    const { at, file, look } = ground(t);
    const path = file("a/b/c");
    for (const which of ["a", "a/b", "a/b/c"]) {
      lchownSync(at(which), STRANGER, STRANGER);
      t.match(
        look(path),
        `${at(which)}: refused, it belongs to user ${STRANGER}`,
      );
      t.equal(look(path, [...usuallyTrusted(), STRANGER]), undefined);
      lchownSync(at(which), 0, 0);
    }
  },
);

t.test(
  "links are followed, and where they lead must be trusted too",
  async (t) => {
    const { at, file, look } = ground(t);
    file("real/open/hook");
    file("real/closed/hook");
    mkdirSync(at("home"));
    symlinkSync(at("real/open/hook"), at("home/absolute"));
    symlinkSync("../real/closed/../open/hook", at("home/relative"));
    symlinkSync("../real", at("home/folder"));
    const paths = ["home/absolute", "home/relative", "home/folder/open/hook"];
    for (const path of paths) t.equal(look(at(path)), undefined, path);
    chmodSync(at("real/open"), 0o777);
    for (const path of paths)
      t.match(look(at(path)), `${at("real/open")}: refused, others`, path);
    // The way of .. is that of the real folders.
    mkdirSync(at("other/deep"), { recursive: true });
    symlinkSync(at("other/deep"), at("home/deep"));
    symlinkSync("../../real/open/hook", at("other/deep/link"));
    t.match(look(at("home/deep/link")), `${at("real/open")}: refused, others`);
    symlinkSync("circle", at("home/circle"));
    t.equal(look(at("home/circle")), undefined, "a circle leads nowhere");
  },
);

t.test("a link of somebody else's is refused", { skip }, async (t) => {
  const { at, file, look } = ground(t);
  file("a/hook");
  mkdirSync(at("tmp"));
  chmodSync(at("tmp"), 0o1777);
  symlinkSync("../a/hook", at("tmp/link"));
  t.equal(look(at("tmp/link")), undefined);
  lchownSync(at("tmp/link"), STRANGER, STRANGER);
  t.match(look(at("tmp/link")), `${at("tmp/link")}: refused, it belongs to`);
});

t.test("only what matters is a change", async (t) => {
  const { at, file } = ground(t);
  file("a/b");
  const before = ownership(at("a"));
  file("a/c");
  t.equal(ownership(at("a")), before, "a new name in it");
  chmodSync(at("a"), 0o777);
  t.not(ownership(at("a")), before, "who may write");
  rmSync(at("a"), { recursive: true });
  t.equal(ownership(at("a")), "none");
  symlinkSync("b", at("a"));
  const link = ownership(at("a"));
  rmSync(at("a"));
  symlinkSync("c", at("a"));
  t.not(ownership(at("a")), link, "where a link leads");
});
