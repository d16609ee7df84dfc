import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import t, { type Test } from "tap";
import { stopwatch } from "../../src/base/clock.ts";
import {
  type Job,
  Launchers,
  startTrouble,
} from "../../src/engine/launcher.ts";
import type { Manner } from "../../src/engine/start.ts";
import { isAlive, until } from "./toy.ts";

const PATH = "/usr/bin:/bin";

function workshop(
  t: Test,
  size = 1,
  manner: Partial<Manner> = {},
  seconds = stopwatch(),
) {
  const folder = t.testdir({ input: "the message\n" });
  const launchers = new Launchers(
    size,
    { environment: { PATH }, ...manner },
    seconds,
  );
  t.teardown(() => launchers.close());
  let count = 0;
  const program = (name: string, text: string, interpreter = "/bin/sh") => {
    const file = join(folder, name);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, `#!${interpreter}\n${text}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  const run = async (file: string, more: Partial<Job> = {}) => {
    count += 1;
    const stdout = join(folder, `${count}.out`);
    const stderr = join(folder, `${count}.err`);
    const result = await launchers.run({
      file,
      stdin: join(folder, "input"),
      stdout,
      stderr,
      environment: {},
      timeout: 60_000,
      output: 1_000_000,
      ...more,
    });
    return {
      result,
      out: existsSync(stdout) ? readFileSync(stdout, "latin1") : "",
      err: existsSync(stderr) ? readFileSync(stderr, "latin1") : "",
    };
  };
  return { folder, program, run, launchers };
}

t.test(
  "exit codes come back, and one launcher runs job after job",
  async (t) => {
    const { program, run } = workshop(t);
    const file = program("hook", "echo $PPID; exit $LISTMILL_CODE");
    const parents = new Set<string>();
    for (const code of [0, 1, 3, 75, 77, 80, 81, 99, 255]) {
      const { result, out } = await run(file, {
        environment: { LISTMILL_CODE: String(code) },
      });
      t.same(result, { kind: "exit", code });
      parents.add(out);
    }
    t.equal(parents.size, 1, "all by the same launcher");
    t.same(
      (await run(program("signal", "kill -SEGV $$"))).result,
      { kind: "exit", code: 128 + 11 },
      "a signal is an exit code of the shell",
    );
  },
);

t.test("stdin, stdout and stderr are the job's files", async (t) => {
  const { program, run } = workshop(t);
  const said = await run(program("hook", "cat; echo trouble >&2"));
  t.equal(said.out, "the message\n");
  t.equal(said.err, "trouble\n");
  const odd = program("a folder/'q' $(x) \"-\\/hook", "echo here");
  t.equal((await run(odd)).out, "here\n", "a path is data");
  const paths = { file: program("none", "cat"), stdin: "/nowhere/message" };
  const none = await run(paths.file, paths);
  t.match(none.result, { kind: "exit", code: /[^0]/ });
  const why = (stdin: string) =>
    startTrouble(
      { ...paths, stdin, stdout: "/out", stderr: "/err" },
      none.result.kind === "exit" ? none.result.code : 0,
      none.err.split("\n")[0] ?? "",
    );
  t.match(why("/nowhere/message"), /nowhere\/message: /);
  t.equal(why("/input"), undefined, "another file is the hook's own trouble");
});

t.test("no descriptor of the launcher is the hook's", async (t) => {
  const { program, run } = workshop(t);
  const { out } = await run(program("hook", "ls -l /proc/$$/fd"));
  const open = [...out.matchAll(/ (\d+) -> (.*)/g)].map(([, fd, to]) => ({
    fd: Number(fd),
    to,
  }));
  // What the test itself was started with is not ours to close.
  const own = open.filter(({ fd }) => fd < 16);
  t.match(own, [
    { fd: 0, to: /input$/ },
    { fd: 1, to: /1\.out$/ },
    { fd: 10, to: /hook$/ },
    { fd: 2, to: /1\.err$/ },
  ]);
  t.equal(own.length, 4, "and the script itself");
});

t.test("a hook's environment is the job's and nothing else", async (t) => {
  const { program, run } = workshop(t);
  const file = program("hook", "exec env -0");
  const first = await run(file, {
    environment: { LISTMILL_A: "1", LISTMILL_B: "two" },
  });
  const shown = (out: string) =>
    out
      .split("\0")
      .filter(Boolean)
      // The shell's own, and what tap puts into every process.
      .filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=|^_TAPJS_|@tapjs/.test(line))
      .sort();
  t.same(shown(first.out), ["LISTMILL_A=1", "LISTMILL_B=two", `PATH=${PATH}`]);
  const second = await run(file, {
    environment: { LISTMILL_B: "two" },
  });
  t.same(
    shown(second.out),
    ["LISTMILL_B=two", `PATH=${PATH}`],
    "a name of the last job is gone",
  );
});

t.test("values are data, whatever stands in them", async (t) => {
  const { program, run } = workshop(t);
  const file = program(
    "hook",
    "",
    "/usr/bin/env -S sh -c 'printf %s \"$LISTMILL_V\"'",
  );
  const value = async (text: string) =>
    Buffer.from(
      (await run(file, { environment: { LISTMILL_V: text } })).out,
      "latin1",
    ).toString();
  for (const text of [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is meant for a shell
    'it\'s "quoted" `id` $(id) ${HOME} $HOME \\n \\',
    "  spaces around  ",
    "-n --leading",
    "a=b=c",
    "~/x *?[a-z] {a,b} !! # ; & | < >",
    "run",
    "-LISTMILL_V",
    "",
    "Grüße ÁÂÃ \u0081\u0088 日本語 😀",
  ])
    t.equal(await value(text), text);
  t.equal(await value("a\nrun\nb"), "a run b", "a line more is no order");
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "grapheme" }).filter((text) => !/[\0\n]/.test(text)),
      async (text) => {
        t.equal(await value(text), Buffer.from(text).toString());
      },
    ),
    { numRuns: 200 },
  );
});

t.test("no name and no value is an order to the launcher", async (t) => {
  const { program, run } = workshop(t);
  const file = program("hook", "exec env -0");
  const shown = (out: string) =>
    Buffer.from(out, "latin1")
      .toString()
      .split("\0")
      .filter((line) => /^(PATH|IFS|LD_|ENV|LISTMILL_|EVIL)/.test(line))
      .sort();
  const nasty = fc.constantFrom(
    ..."'\"`$\\\n\0;&|<>(){}*?~#= \t\r".split(""),
    "run /bin/true / / /",
    "\nexport PATH=/evil\n",
    "LD_PRELOAD=/evil.so",
    "'; EVIL=1; export EVIL; '",
    "é",
    "\ud800",
  );
  const text = fc
    .array(fc.oneof(nasty, fc.string()), { maxLength: 8 })
    .map((parts) => parts.join(""));
  const name = fc
    .stringMatching(/^[A-Z0-9_]{1,12}$/)
    .map((rest) => `LISTMILL_${rest}`);
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, text), async (environment) => {
      const { result, out } = await run(file, { environment });
      t.same(result, { kind: "exit", code: 0 });
      const wanted = Object.entries(environment).map(([name, value]) =>
        Buffer.from(`${name}=${value.replace(/[\n\0]/g, " ")}`).toString(),
      );
      t.same(shown(out), [...wanted, `PATH=${PATH}`].sort());
    }),
    { numRuns: 200 },
  );
  for (const bad of ["PATH", "LD_PRELOAD", "IFS", "ENV", "LISTMILL_A B", ""])
    await t.rejects(
      run(file, { environment: { [bad]: "/evil" } }),
      /no variable of a hook's/,
      `"${bad}" is refused`,
    );
  t.same((await run(file)).result, { kind: "exit", code: 0 });
});

t.test("limits hold for a hook and what it starts", async (t) => {
  const { program, run } = workshop(t, 1, {
    resources: { memory: 300_000_000, files: 100, processes: 5000 },
  });
  const asked = await run(
    program("hook", "ulimit -c; ulimit -v; ulimit -n; sh -c 'ulimit -H -n'"),
  );
  t.equal(asked.out, "0\n292969\n100\n100\n");
  const limits = await run(program("all", "cat /proc/$$/limits"));
  t.match(limits.out, /Max processes +5000 +5000 /);
  const eater = await run(
    program("eater", `awk 'BEGIN { for (x = "a"; 1; ) x = x x }'`),
  );
  t.match(eater.result, { kind: "exit", code: /[^0]/ }, "memory is refused");
  const few = workshop(t, 1, { resources: { memory: 100_000 } });
  t.match(
    (await few.run(few.program("hook", "exit 0"))).result,
    { kind: "crash" },
    "a limit under which nothing runs delays mail only",
  );
});

t.test("what is emitted counts as output", async (t) => {
  const { folder, program, run } = workshop(t);
  const emit = join(folder, "emit");
  const more = { output: 100_000, emit };
  const fill = `mkdir -p ${emit}/a@b.example; cd ${emit}/a@b.example`;
  const quick = await run(
    program("quick", `${fill}; head -c 200000 /dev/zero >1`),
    more,
  );
  t.same(quick.result, { kind: "output" }, "one that is through already");
  const slow = await run(
    program("slow", `${fill}; rm 1; while :; do echo more >>1; done`),
    more,
  );
  t.same(slow.result, { kind: "output" }, "one that does not end");
  // In a folder of its own: a look may come before anything is removed.
  const clean = join(folder, "clean");
  const linked = await run(
    program(
      "link",
      `${fill.replaceAll(emit, clean)}; ln -s / root; head -c 50000 /dev/zero >1`,
    ),
    { ...more, emit: clean },
  );
  t.same(linked.result, { kind: "exit", code: 0 }, "a link is not followed");
});

t.test("a hook that takes too long is ended with all it started", async (t) => {
  let ahead = 0;
  const watch = stopwatch();
  const { folder, program, run } = workshop(t, 1, {}, () => watch() + ahead);
  /** Ends the time of a hook when it has got to its last line. */
  const late = async (name: string, text: string, last: string) => {
    const child = join(folder, `${name}.child`);
    const file = program(
      name,
      `${text}\n(trap '' TERM; exec sleep 300) &\necho $! >${child}.new; mv ${child}.new ${child}\n${last}`,
    );
    const ended = run(file);
    await until("it is at work", () => existsSync(child));
    ahead += 60;
    const { result, out } = await ended;
    t.same(result, { kind: "timeout" }, name);
    const pid = Number(readFileSync(child, "utf8"));
    t.ok(pid > 1);
    await until("its child is gone", () => !isAlive(pid));
    return out;
  };
  const polite = "trap 'echo bye; exit' TERM";
  t.equal(
    await late("polite", polite, "while :; do sleep 0.01; done"),
    "bye\n",
    "it is asked to end first",
  );
  await late("deaf", "trap '' TERM", "while :; do sleep 1; done");
  await late("frozen", "", "kill -STOP 0");
  t.same(
    (await run(program("next", "exit 7"))).result,
    { kind: "exit", code: 7 },
    "the next hook has a new launcher",
  );
});

t.test("a hook that prints without end is ended", async (t) => {
  const { program, run } = workshop(t);
  const deaf = await run(program("yes", "trap '' TERM; exec yes"), {
    output: 100_000,
  });
  t.same(deaf.result, { kind: "output" });
  const loud = await run(program("loud", "yes >&2"), { output: 100_000 });
  t.same(loud.result, { kind: "output" }, "stderr counts too");
});

t.test("a hook that kills its own group delays mail only", async (t) => {
  const { program, run } = workshop(t);
  const asked = await run(program("kill", "kill 0; sleep 30"));
  t.match(asked.result, { kind: "exit", code: 143 });
  const killed = await run(program("kill9", "kill -9 0; sleep 30"));
  t.same(killed.result, {
    kind: "crash",
    reason: "killed together with its launcher, by SIGKILL",
  });
  const orphan = await run(
    program("orphan", "echo $$; kill -9 $PPID; sleep 30"),
  );
  t.match(orphan.result, { kind: "crash" });
  await until("a hook without a launcher is gone", () => {
    return !isAlive(Number(orphan.out));
  });
  t.same((await run(program("next", "exit 7"))).result, {
    kind: "exit",
    code: 7,
  });
});

t.test("what a hook leaves behind is not waited for", async (t) => {
  const { program, run } = workshop(t);
  const pids: number[] = [];
  t.teardown(() => {
    for (const pid of pids) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  });
  for (const text of ["sleep 300 & echo $!", "setsid sleep 300 & echo $!"]) {
    const { result, out } = await run(program("leaver", text));
    pids.push(Number(out));
    t.same(result, { kind: "exit", code: 0 });
    t.ok(isAlive(Number(out)), "its child still runs, and holds stdout open");
  }
});

t.test("why a launcher could not be started is told", async (t) => {
  const { program, run } = workshop(t, 1, { environment: { PATH: "/no" } });
  t.same((await run(program("hook", "exit 0"))).result, {
    kind: "crash",
    reason: "its launcher could not be started: spawn sh ENOENT",
  });
});

t.test("more jobs than launchers wait for their turn", async (t) => {
  const { folder, program, run } = workshop(t, 2);
  const file = program(
    "hook",
    `d=${folder}/on; mkdir -p $d; : >$d/$$; ls $d | wc -l; sleep 0.02; rm $d/$$`,
  );
  const runs = await Promise.all(Array.from({ length: 20 }, () => run(file)));
  const counts = runs.map(({ out }) => Number(out));
  t.ok(runs.every(({ result }) => result.kind === "exit" && result.code === 0));
  t.equal(Math.max(...counts), 2, `at once: ${counts}`);
  t.ok(Math.min(...counts) >= 1);
});

t.test("launchers end when the mill is killed", async (t) => {
  const { folder, program } = workshop(t);
  program("hook", "echo $PPID; sleep 0.2");
  const mill = spawn(
    process.execPath,
    [fileURLToPath(new URL("fixtures/pool.ts", import.meta.url)), folder],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(mill.stdout, "data");
  const pids = ["1", "2"].map((number) =>
    Number(readFileSync(join(folder, `${number}.out`), "utf8")),
  );
  t.not(pids[0], pids[1]);
  t.ok(pids.every(isAlive), "they wait for more");
  mill.kill("SIGKILL");
  await until("both are gone", () => !pids.some(isAlive));
});

t.test("a hook that runs when the mill is killed ends too", async (t) => {
  const { folder, program } = workshop(t);
  program(
    "hook",
    `trap '' TERM; echo $$ >${folder}/pid.$$; sleep 300 & echo $! >${folder}/pid.$!; wait`,
  );
  const mill = spawn(
    process.execPath,
    [fileURLToPath(new URL("fixtures/pool.ts", import.meta.url)), folder],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const pids = () =>
    readdirSync(folder).flatMap((name) =>
      name.startsWith("pid.") ? Number(name.slice(4)) : [],
    );
  await until("both hooks run", () => pids().length === 4);
  t.ok(pids().every(isAlive));
  mill.kill("SIGKILL");
  await until("nothing of them is left", () => !pids().some(isAlive));
});
