import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t, { type Test } from "tap";
import { runProgram } from "../../../src/brokers/kit/program.ts";
import { until } from "../../road/mill.ts";

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

/** Whether a process runs. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // Of one that nobody has waited for only a name is left.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** A child that outlives its parent, and says who it is. */
const child = (file: string) =>
  `sh -c 'echo $$ > ${file}.draft; mv ${file}.draft ${file}; exec sleep 60' & `;

async function gone(t: Test, file: string): Promise<void> {
  const pid = Number(readFileSync(file, "utf8"));
  await until(
    () => !runs(pid),
    () => `${pid} to be gone`,
  );
  t.ok(pid > 1);
}

t.test("one that takes too long is ended with its children", async (t) => {
  const file = join(t.testdir(), "pid");
  const ended = await run(`${child(file)} wait`, { timeout: 500 });
  t.match(ended, { trouble: /more than 0.5 s/ });
  await gone(t, file);
});

t.test("what it leaves behind is ended", async (t) => {
  const file = join(t.testdir(), "pid");
  const script = `${child(file)} while [ ! -e ${file} ]; do sleep 0.1; done`;
  t.same(await run(script), { code: 0 });
  await gone(t, file);
});

t.test("it does not outlive the consumer", async (t) => {
  const file = join(t.testdir(), "pid");
  const module = resolve("src/brokers/kit/program.ts");
  const job = JSON.stringify({
    command: ["/bin/sh", "-c", `${child(file)} wait`],
    ...{ variables: {}, stdin: [], timeout: 60_000 },
  });
  const code = `(await import("${module}")).runProgram(${job})`;
  const consumer = spawn(process.execPath, ["-e", code], { stdio: "ignore" });
  await until(
    () => existsSync(file),
    () => "the program to run",
  );
  consumer.kill("SIGKILL");
  await gone(t, file);
});

t.test("a message that cannot be read", async (t) => {
  const stdin = [{ path: "/no/such/file", start: 0, end: 5 }];
  const ended = await run("cat > /dev/null", { stdin });
  t.match(ended, { trouble: /the message cannot be read: ENOENT/ });
});

t.test("one that cannot be started, and one that a signal ends", async (t) => {
  const command = ["/no/such/program"];
  t.match(await run("", { command }), { trouble: /cannot be started/ });
  t.match(await run("kill -9 $$"), { trouble: /SIGKILL/ });
});
