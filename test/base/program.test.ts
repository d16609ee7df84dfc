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
      await Array.fromAsync(outputOf("prog", args, `${dir}:/usr/bin:/bin`)),
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
  const output = outputOf("prog", [], `${dir}:/usr/bin:/bin`, 60);
  await t.rejects(Array.fromAsync(output), {
    message: "prog took more than 0.001 minutes and was ended",
  });
});

t.test("a program that is not installed is named", async (t) => {
  const none = outputOf("gdbm_dump", ["/x"], t.testdir());
  await t.rejects(Array.fromAsync(none), /the program gdbm_dump is needed/);
});

t.test("one that nobody listens to any more is ended", async (t) => {
  const { dir } = script(t, "echo $$; while :; do echo more; done");
  const output = outputOf("prog", [], `${dir}:/usr/bin:/bin`);
  const first = await output.next();
  const pid = Number.parseInt(String(first.value), 10);
  await output.return(undefined);
  for (let n = 0; n < 2000 && existsSync(`/proc/${pid}`); n += 1)
    await new Promise((done) => setTimeout(done, 5));
  t.notOk(existsSync(`/proc/${pid}`));
});
