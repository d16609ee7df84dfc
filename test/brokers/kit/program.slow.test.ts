import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { runProgram } from "../../../src/brokers/kit/program.ts";

const run = (script: string, more = {}) =>
  runProgram({
    command: ["/bin/sh", "-c", script],
    variables: { LISTMILL_ID: "a'b" },
    stdin: [Buffer.from("hello")],
    timeout: 10_000,
    ...more,
  });

t.test("the message is on stdin, its id in the environment", async (t) => {
  const file = join(t.testdir(), "got");
  const script = `cat > ${file}; echo " $LISTMILL_ID" >> ${file}; exit 3`;
  t.same(await run(script), { code: 3 });
  t.equal(readFileSync(file, "utf8"), "hello a'b\n");
});

t.test("one that reads nothing of a large message", async (t) => {
  const stdin = [Buffer.alloc(5_000_000)];
  t.same(await run("exit 0", { stdin }), { code: 0 });
});

t.test("one that takes too long is ended with its children", async (t) => {
  const file = join(t.testdir(), "late");
  const ended = await run(`(sleep 3; touch ${file}) & sleep 30`, {
    timeout: 200,
  });
  t.match(ended, { trouble: /more than 0.2 s/ });
  t.notOk(existsSync(file));
});

t.test("one that cannot be started, and one that a signal ends", async (t) => {
  const command = ["/no/such/program"];
  t.match(await run("", { command }), { trouble: /cannot be started.*ENOENT/ });
  t.match(await run("kill -9 $$"), { trouble: /SIGKILL/ });
});
