// The model's file system against the real one: the same calls, the same answers.
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { errnoOf } from "../../src/base/errors.ts";
import { Files, type Operation } from "./files.ts";

/** Does to a real folder what the operation says. @returns what the model says of it */
function real(folder: string, [call, ...args]: Operation): string {
  const [path = "", to = ""] = args.map((arg) => join(folder, String(arg)));
  const calls: Record<string, () => unknown> = {
    mkdir: () => mkdirSync(path),
    rmdir: () => rmdirSync(path),
    unlink: () => unlinkSync(path),
    rename: () => renameSync(path, to),
    link: () => linkSync(path, to),
    read: () => readFileSync(path, "latin1"),
    list: () =>
      readdirSync(path, { withFileTypes: true })
        .map((it) => (it.isDirectory() ? `${it.name}/` : it.name))
        .sort(),
  };
  try {
    const said = calls[call]?.();
    return ["read", "list"].includes(call) ? String(said) : "";
  } catch (error) {
    return String(errnoOf(error));
  }
}

function modelled(files: Files, operation: Operation): string {
  const answer = files.apply("a", operation);
  return "error" in answer ? answer.error : String(answer.ok ?? "");
}

/** Makes a file in both, or replaces what is in it. */
function write(folder: string, files: Files, [, path, flags]: Operation) {
  const data = String(flags);
  let said = "";
  try {
    const fd = openSync(join(folder, String(path)), data);
    writeSync(fd, data);
    closeSync(fd);
  } catch (error) {
    said = String(errnoOf(error));
  }
  const opened = files.apply("a", ["open", String(path), data]);
  if ("error" in opened) return [said, opened.error];
  files.apply("a", ["write", opened.ok as number, data]);
  files.apply("a", ["close", opened.ok as number]);
  return [said, ""];
}

const path = fc
  .array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 3 })
  .map((parts) => `/${parts.join("/")}`);
const operation = fc.oneof(
  fc.tuple(fc.constantFrom("mkdir", "rmdir", "unlink", "list", "read"), path),
  fc.tuple(fc.constantFrom("rename", "link"), path, path),
  fc.tuple(fc.constant("write"), path, fc.constantFrom("w", "wx")),
);

t.test("it answers as Linux does, errors too", async (t) => {
  const dir = t.testdir();
  let count = 0;
  const codes = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(operation, { minLength: 20, maxLength: 60 }),
      (operations) => {
        const folder = join(dir, String(count++));
        mkdirSync(folder);
        const files = new Files();
        for (const it of operations) {
          const [theirs, mine] =
            it[0] === "write"
              ? write(folder, files, it)
              : [real(folder, it), modelled(files, it)];
          if (mine !== theirs)
            throw new Error(`${it.join(" ")}: ${theirs}, not ${mine}`);
          codes.add(String(mine));
        }
        rmSync(folder, { recursive: true });
      },
    ),
    { numRuns: 200 },
  );
  for (const code of ["ENOENT", "EEXIST", "ENOTEMPTY", "ENOTDIR", "EISDIR"])
    t.ok(codes.has(code), `${code} was among the answers`);
});

t.test("equal trees have equal keys, however they came about", async (t) => {
  const one = new Files();
  one.put("/a/x", "1");
  one.put("/b");
  const other = new Files();
  other.put("/b");
  other.put("/a/y", "1");
  t.not(one.key(), other.key());
  other.apply("n", ["rename", "/a/y", "/a/x"]);
  t.equal(one.key(), other.key());
  one.apply("n", ["link", "/a/x", "/b/x"]);
  other.put("/b/x", "1");
  t.not(one.key(), other.key(), "a link is no copy");
});

t.test("a folder that is open is still there, under any name", async (t) => {
  const files = new Files();
  files.put("/a/x", "1");
  const opened = files.apply("n", ["open", "/a", "r"]);
  const fd = "ok" in opened ? Number(opened.ok) : 0;
  files.apply("m", ["rename", "/a", "/b"]);
  t.same(files.apply("n", ["listAt", fd]), { ok: ["x"] });
  files.apply("n", ["unlinkAt", fd, "x"]);
  t.same(files.names("/b"), []);
  files.apply("m", ["rmdir", "/b"]);
  t.same(files.apply("n", ["listAt", fd]), { ok: [] });
});

t.test("what was synced is there after a power failure", async (t) => {
  const files = new Files();
  files.put("/a/x", "1");
  files.put("/b");
  files.beginJournal();
  const sync = (path: string) => {
    const opened = files.apply("n", ["open", path, "r"]);
    files.apply("n", ["fsync", "ok" in opened ? Number(opened.ok) : 0]);
  };
  const found = () =>
    files.afterPowerFailure().map((it) => [it.names("/a"), it.names("/b")]);
  files.apply("n", ["rename", "/a/x", "/b/y"]);
  t.same(found(), [
    [["x"], []],
    [[], ["y"]],
  ]);
  files.apply("n", ["mkdir", "/b/z"]);
  t.equal(found().length, 3, "in order");
  sync("/b");
  t.same(found(), [[[], ["y", "z"]]]);
  files.apply("n", ["open", "/b/z/file", "wx"]);
  files.apply("n", ["write", 4, "text"]);
  sync("/b/z");
  const texts = () =>
    files.afterPowerFailure().map((it) => it.text("/b/z/file"));
  t.same(texts(), ["", "text"], "its content was not");
  sync("/b/z/file");
  t.same(texts(), ["text"]);
});
