import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { outputOf } from "../../src/base/program.ts";

/** A program in a folder of its own. */
function script(
  t: Test,
  text: string,
): { run: (...args: string[]) => Promise<string>; dir: string } {
  const dir = t.testdir();
  const file = join(dir, "prog");
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  const run = async (...args: string[]) =>
    Buffer.concat(
      await Array.fromAsync(
        outputOf("prog", args, { search: `${dir}:/usr/bin:/bin` }),
      ),
    ).toString();
  return { run, dir };
}

t.test("what it prints, with arguments that no shell sees", async (t) => {
  const { run } = script(
    t,
    'printf "%s|" "$@"; env | sort | cut -d= -f1 | tr "\\n" " "',
  );
  const said = await run("a b", "$(id)", ";");
  t.match(said, /^a b\|\$\(id\)\|;\|/);
  t.notMatch(said, /(^| )(HOME|USER|SHELL) /);
});

t.test("an answer is whole only with exit code 0", async (t) => {
  const { run } = script(t, "echo a@x.org; echo trouble >&2; exit 1");
  await t.rejects(run(), /prog ended with 1: trouble/);
  const killed = script(t, "echo a@x.org; kill -9 $$");
  await t.rejects(killed.run(), /prog ended with SIGKILL/);
});

t.test("one that takes too long is ended, and this is told", async (t) => {
  const { dir } = script(t, "exec sleep 600");
  const output = outputOf("prog", [], {
    search: `${dir}:/usr/bin:/bin`,
    longest: 60,
  });
  await t.rejects(Array.fromAsync(output), {
    message: "prog took more than 0.06 s and was ended",
  });
});

t.test("a program that is not installed is named", async (t) => {
  const none = outputOf("gdbm_dump", ["/x"], { search: "/none" });
  await t.rejects(Array.fromAsync(none), {
    message: "gdbm_dump is needed and not installed in /none",
  });
});

t.test("one that nobody listens to any more is ended", async (t) => {
  const { dir } = script(t, "echo $$; while :; do echo more; done");
  const output = outputOf("prog", [], {
    search: `${dir}:/usr/bin:/bin`,
  });
  const first = await output.next();
  const pid = Number.parseInt(String(first.value), 10);
  await output.return(undefined);
  for (let n = 0; n < 2000 && existsSync(`/proc/${pid}`); n += 1)
    await new Promise((done) => setTimeout(done, 5));
  t.notOk(existsSync(`/proc/${pid}`));
});

t.test("without a descriptor left the process lives, and is told", (t) => {
  const module = (name: string) =>
    new URL(`../../src/base/${name}.ts`, import.meta.url).href;
  const greedy = `
    import { closeSync, openSync } from "node:fs";
    import { run } from "${module("run")}";
    import { withKernelLock } from "${module("held")}";
    const open = [];
    try { for (;;) open.push(openSync("/dev/null")); } catch {}
    const tell = (error) => error.message;
    const said = [
      await run({ program: "ls", args: [], longest: 5000 }).catch(tell),
      await withKernelLock("/tmp/none", "flock", () => "locked").catch(tell),
    ];
    for (const fd of open) closeSync(fd);
    console.log(said.join("\\n"));`;
  const { stdout, stderr } = spawnSync(
    "sh",
    [
      ...["-c", 'ulimit -n 60; exec "$@"', "sh", process.execPath],
      ...["--input-type=module", "-e", greedy],
    ],
    { encoding: "utf8" },
  );
  t.equal(stdout, "spawn ls EMFILE\nspawn /usr/bin/perl EMFILE\n", stderr);
  t.end();
});
