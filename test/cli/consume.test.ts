import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import consume from "../../src/cli/consume.ts";
import { makeHome, verb } from "./atHome.ts";

t.test("what is missing or would be passed over is refused", async (t) => {
  const home = await makeHome(t);
  const run = (...args: string[]) => verb(t, home, consume, args);
  const refused: [args: string[], err: RegExp][] = [
    [[], /takes amqp, redis, zeromq/],
    [["kafka", "--exec", "x"], /takes amqp, redis, zeromq/],
    [["amqp", "--queue", "a"], /takes --exec PROGRAM/],
    [["amqp", "--queue", "a", "--exec"], /takes --exec PROGRAM/],
    [
      ["amqp", "--queue", "a", "--exec", "x"],
      /which broker\? Give --url amqp:/,
    ],
    [
      ["amqp", "--url", "amqp://u:p@h", "--queue", "a", "--exec", "x"],
      /without/,
    ],
    [["amqp", "--url", "amqp://h", "--exec", "x"], /--queue takes a name/],
    [["amqp", "--url", "amqp://h", "--queue", "../a", "--exec", "x"], /a name/],
    [
      ["amqp", "--url", "amqp://h", "--group", "a", "--exec", "x"],
      /no --group/,
    ],
    [["redis", "--url", "redis://h", "--exec", "x"], /--group takes a name/],
    [["zeromq", "--exec", "x"], /where do mills ask\?/],
    [["zeromq", "--endpoint", "x", "--exec", "x"], /takes tcp:\/\/host:port/],
    [["zeromq", "--until-empty", "--exec", "x"], /takes no --until-empty/],
    ...["--url", "--user", "--password-file", "--ca-file"].map(
      (option): [string[], RegExp] => [
        ["zeromq", "--endpoint", "ipc:///x", option, "x", "--exec", "x"],
        new RegExp(`takes no ${option}`),
      ],
    ),
    [
      [
        ...["amqp", "--url", "amqp://h", "--queue", "a"],
        ...["--timeout", "10m", "--wait", "20m", "--exec", "x"],
      ],
      /--timeout and the longest wait/,
    ],
    [
      [
        "amqp",
        "--url",
        "amqp://h",
        "--queue",
        "a",
        "--prefetch",
        "0",
        "--exec",
        "x",
      ],
      /--prefetch takes a number from 1 to 100/,
    ],
    [
      [
        "amqp",
        "--url",
        "amqp://h",
        "--queue",
        "a",
        "--timeout",
        "1h",
        "--exec",
        "x",
      ],
      /--timeout takes a duration/,
    ],
  ];
  for (const [args, err] of refused)
    t.match(await run(...args), { code: 64, err }, args.join(" "));
});

t.test("a file with the password that others can read", async (t) => {
  const home = await makeHome(t);
  const file = join(home, "password");
  writeFileSync(file, "secret\n", { mode: 0o644 });
  const args = ["redis", "--url", "redis://127.0.0.1:1", "--group", "a"];
  const { code, err } = await verb(t, home, consume, [
    ...args,
    ...["--password-file", file, "--exec", "/bin/true"],
  ]);
  t.equal(code, 78);
  t.match(err, /others can read or change it: chmod 600/);
});

t.test("one name at two places has two memories", async (t) => {
  const home = await makeHome(t);
  // It is missing: they end before they ask anybody.
  const args = ["redis", "--password-file", "none", "--group", "a"];
  for (const url of ["redis://one", "redis://two"])
    for (const stream of ["posts", "mail"])
      await verb(t, home, consume, [
        ...[...args, "--url", url, "--stream", stream],
        ...["--exec", "/bin/true"],
      ]);
  const files = readdirSync(join(home, "state"));
  t.equal(files.filter((name) => /^consume-.*\.db$/.test(name)).length, 4);
});
