// The programs that hooks in sh have: what they print, with each awk of this machine, whatever a
// stranger has written.
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import t from "tap";
import { anyString } from "../anyString.ts";

const bin = resolve("bin");
const awks = ["gawk", "mawk", "original-awk", "busybox"].flatMap((name) => {
  const { status, stdout } = spawnSync("sh", ["-c", `command -v ${name}`], {
    encoding: "utf8",
  });
  return status === 0 ? [{ name, path: stdout.trim() }] : [];
});

for (const { name, path } of awks) {
  const run = (dir: string) => {
    mkdirSync(join(dir, "bin"), { recursive: true });
    symlinkSync(path, join(dir, "bin/awk"));
    const PATH = `${join(dir, "bin")}:${bin}:/usr/bin:/bin`;
    return (
      program: string,
      args: string[],
      env: Record<string, string> = {},
      input: string | Buffer = "",
    ) => {
      const { status, stdout, stderr } = spawnSync(join(bin, program), args, {
        env: { PATH, ...env },
        input,
        encoding: "utf8",
      });
      return { status, stdout, stderr };
    };
  };

  t.test(`${name}: fields of a header`, async (t) => {
    const header = run(t.testdir());
    const message = [
      "Subject: one",
      " two\r",
      "\tthree  ",
      "X-Evil: $(touch pwned) `id` \\n\\033 \u001b[31mred\u0007",
      "subject : second",
      "X-Empty:",
      "",
      "Subject: of the body",
      "",
    ].join("\n");
    const of = (field: string) =>
      header("listmill-header", [field], {}, message);
    t.match(of("SUBJECT"), { status: 0, stdout: "one two three\nsecond\n" });
    t.match(of("x-evil"), {
      status: 0,
      stdout: "$(touch pwned) `id` \\n\\033  [31mred\n",
    });
    t.match(of("X-Empty"), { status: 0, stdout: "\n" });
    t.match(of("X-None"), { status: 1, stdout: "" });
    t.match(of("Sub.*"), { status: 64, stdout: "" });
    t.match(header("listmill-header", []), {
      status: 64,
      stderr: "usage: listmill-header NAME\n",
    });
    const file = join(t.testdirName, "message");
    writeFileSync(file, message);
    t.match(
      header(
        "listmill-header",
        ["subject"],
        { LISTMILL_MESSAGE: file },
        "Subject: stdin\n\n",
      ),
      {
        stdout: "one two three\nsecond\n",
      },
    );
    t.match(
      header("listmill-header", ["a"], { LISTMILL_MESSAGE: "/nowhere" }),
      { status: 66 },
    );
    t.match(header("listmill-header", ["a"], {}, ""), { status: 1 });
    t.match(header("listmill-header", ["b"], {}, "A: 1\nno field\nB: 2\n"), {
      status: 1,
    });
  });

  t.test(`${name}: one line a field, whatever is in it`, async (t) => {
    const header = run(t.testdir());
    const value = anyString({ maxLength: 60 }).map((text) =>
      text.replace(/[\n\r\0]/g, "\n "),
    );
    fc.assert(
      fc.property(value, (text) => {
        const { status, stdout } = header(
          "listmill-header",
          ["X-A"],
          {},
          `X-A: ${text}\nX-B: b\n\n`,
        );
        t.equal(status, 0);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        t.match(stdout, /^[^\u0000-\u001f\u007f]*\n$/);
      }),
      { numRuns: 40 },
    );
  });

  t.test(`${name}: settings`, async (t) => {
    const setting = run(t.testdir());
    const env = {
      LISTMILL_SETTING_SUBJECT_PREFIX: "[a\\n$(id)] ",
      LISTMILL_SETTING_DIGEST_POSTS: "010",
      LISTMILL_SETTING_CUSTOM_EMPTY: "",
    };
    const of = (...args: string[]) => setting("listmill-setting", args, env);
    t.match(of("subject_prefix"), { status: 0, stdout: "[a\\n$(id)] \n" });
    t.match(of("digest.posts"), { status: 0, stdout: "010\n" });
    t.match(of("custom.empty", "else"), { status: 0, stdout: "\n" });
    t.match(of("custom.none"), { status: 1, stdout: "" });
    t.match(of("custom.none", "\\n$(id)"), { status: 0, stdout: "\\n$(id)\n" });
    t.match(of("custom.none", ""), { status: 0, stdout: "\n" });
    t.match(of("PATH"), { status: 1, stdout: "" });
    t.match(of("a b"), { status: 64, stderr: /not the name of a setting/ });
    t.match(of(), { status: 64, stderr: /^usage: / });
  });
}

t.test("verdicts", async (t) => {
  const of = (...args: string[]) => {
    const { status, stdout } = spawnSync(join(bin, "listmill-verdict"), args, {
      encoding: "utf8",
    });
    return [status, stdout];
  };
  t.same(of("pass"), [0, ""]);
  t.same(of("skip"), [99, ""]);
  t.same(of("later", "why"), [75, "why\n"]);
  t.same(of("reject", "$(id)", "-n \\n"), [77, "$(id) -n \\n\n"]);
  t.same(of("hold", "why"), [80, "why\n"]);
  t.same(of("discard"), [81, ""]);
  t.same(of("accept"), [64, ""]);
  t.same(of(), [64, ""]);
});
