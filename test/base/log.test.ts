/** log.ts, errors.ts, environment.ts and units.ts. */
import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import t from "tap";
import { hookVariables, host, variable } from "../../src/base/environment.ts";
import { errnoOf, exit, Failure, messageOf } from "../../src/base/errors.ts";
import { oneLine } from "../../src/base/log.ts";
import { byteCount, milliseconds } from "../../src/base/units.ts";
import { anyString } from "../anyString.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be gone
const control = /[\u0000-\u001f\u007f-\u009f]/;

t.test(
  "text of strangers is one line without control characters",
  async (t) => {
    fc.assert(
      fc.property(anyString(), fc.nat(50), (text, limit) => {
        const line = oneLine(text, limit);
        return !control.test(line) && line.length <= limit + 1;
      }),
    );
    t.equal(oneLine("a\r\nb\u001b[31m\tc\n"), "a b [31m c");
    t.equal(oneLine("abcdef", 3), "abc…");
  },
);

t.test(
  "a log line is one line on stderr, with the time in front",
  async (t) => {
    const log = fileURLToPath(
      new URL("../../src/base/log.ts", import.meta.url),
    );
    const { stderr, stdout } = spawnSync(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `import { stderrLog } from ${JSON.stringify(log)}; stderrLog("posts/1", "from <a\\nb>");`,
      ],
      { encoding: "utf8" },
    );
    t.match(stderr, /^\d{4}-\d\d-\d\dT[\d:.]+Z posts\/1: from <a b>\n$/);
    t.equal(stdout, "");
  },
);

t.test("an error's name and words, whatever was thrown", async (t) => {
  t.equal(errnoOf(Object.assign(new Error(), { code: "ENOENT" })), "ENOENT");
  const stale = { code: "Unknown system error -116", errno: -116 };
  t.equal(errnoOf(Object.assign(new Error(), stale)), "ESTALE", "NFS");
  for (const other of [
    undefined,
    null,
    5,
    "ENOENT",
    {},
    new Error("x"),
    { code: 5 },
  ])
    t.equal(errnoOf(other), undefined);
  t.equal(messageOf(new Error("x")), "x");
  t.equal(messageOf("y"), "y");
  t.equal(messageOf(undefined), "undefined");
  const failure = new Failure(exit.config, "say so", { cause: stale });
  t.equal(failure.exitCode, 78);
  t.equal(failure.cause, stale);
});

t.test(
  "the environment: empty is unset, hooks get ours, a host has a plain name",
  async (t) => {
    const set = (name: string, value: string | undefined) => {
      const before = process.env[name];
      t.teardown(() => {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      });
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    };
    set("LISTMILL_TEST", "");
    t.equal(variable("LISTMILL_TEST"), undefined);
    set("LISTMILL_TEST", "x");
    t.equal(variable("LISTMILL_TEST"), "x");
    t.equal(hookVariables().LISTMILL_TEST, "x");
    t.ok(
      Object.keys(hookVariables()).every((it) => it.startsWith("LISTMILL_")),
    );
    set("LISTMILL_HOST", "../a b.example");
    t.equal(host(), "---a-b-example");
    set("LISTMILL_HOST", undefined);
    t.equal(
      host(),
      hostname()
        .split(".")[0]
        ?.replace(/[^A-Za-z0-9_-]/g, "-"),
    );
  },
);

t.test("durations and sizes as people write them", async (t) => {
  for (const [text, value] of [
    ["1ms", 1],
    ["30s", 30_000],
    ["5m", 300_000],
    ["4h", 14_400_000],
    ["5d", 432_000_000],
    ["0s", undefined],
    ["5", undefined],
    ["", undefined],
    ["-5s", undefined],
    ["5 s", undefined],
    ["1.5h", undefined],
    ["5s\n", undefined],
    [5, undefined],
    [null, undefined],
  ] as const)
    t.equal(milliseconds(text), value, JSON.stringify(text));
  for (const [text, value] of [
    [512, 512],
    ["512", 512],
    ["256KB", 262_144],
    ["50MB", 52_428_800],
    ["1GB", 2 ** 30],
    ["1024GB", 2 ** 40],
    ["1025GB", undefined],
    [0, undefined],
    [-1, undefined],
    [1.5, undefined],
    ["MB", undefined],
    ["1TB", undefined],
    [null, undefined],
  ] as const)
    t.equal(byteCount(text), value, JSON.stringify(text));
});
