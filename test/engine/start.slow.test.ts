import { once } from "node:events";
import { text } from "node:stream/consumers";
import t, { type Test } from "tap";
import { type Manner, startProgram } from "../../src/engine/start.ts";
import { isAlive, until } from "./toy.ts";

const usual: Manner = { environment: { PATH: "/usr/bin:/bin", LANG: "C" } };

async function textOf(stream: AsyncIterable<Buffer> | Buffer[]) {
  return Buffer.concat(await Array.fromAsync(stream)).toString();
}

function start(t: Test, script: string, manner = usual) {
  const program = startProgram(["sh", "-c", script], manner, { stderr: true });
  t.teardown(() => program.signal("SIGKILL"));
  return program;
}

t.test(
  "what goes in and comes out are pipes, and how it ends is told",
  async (t) => {
    const program = start(t, "cat; echo trouble >&2; exit 3");
    program.stdin.end("hello\n");
    t.same(
      await Promise.all([program.stdout, program.stderr ?? []].map(textOf)),
      ["hello\n", "trouble\n"],
    );
    t.match(await program.ended, { code: 3 });
    t.match(await start(t, "kill -TERM $$").ended, { signal: "SIGTERM" });
    const none = startProgram(["/nowhere/program"], usual, {});
    t.equal(none.stderr, undefined);
    t.match(await none.ended, { code: 127 });
  },
);

t.test("a program cannot be started without a shell", async (t) => {
  const program = startProgram(["true"], { environment: { PATH: "/no" } }, {});
  program.stdin.write("lost\n");
  t.same(await program.ended, {
    code: undefined,
    signal: undefined,
    trouble: "spawn sh ENOENT",
  });
  program.signal("SIGKILL");
});

t.test(
  "it leads a session of its own, in /, with what it is given",
  async (t) => {
    const program = start(
      t,
      "pwd; cut -d' ' -f1,5,6 /proc/$$/stat; tr '\\0' '\\n' </proc/$$/environ; ls /proc/$$/fd",
    );
    const [folder, ids, ...rest] = (await text(program.stdout)).split("\n");
    t.equal(folder, "/");
    const { pid } = program;
    t.equal(ids, `${pid} ${pid} ${pid}`);
    t.same(
      rest
        .filter((line) => /^[A-Z]/.test(line))
        .filter((line) => !/^_?_?TAPJS|@tapjs/.test(line))
        .sort(),
      ["LANG=C", "PATH=/usr/bin:/bin", "PWD=/"],
    );
    const open = rest.filter((line) => /^\d+$/.test(line)).map(Number);
    t.same(open.filter((fd) => fd < 10).sort(), [0, 1, 2]);
  },
);

t.test("what it leaves behind in its group ends with it", async (t) => {
  const program = start(t, "sleep 300 & echo $!");
  const [data] = await once(program.stdout, "data");
  const child = Number(data);
  await program.ended;
  await until("its child is gone", () => !isAlive(child));
});
