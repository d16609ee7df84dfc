// The command as a process: exit codes, where the home comes from, stdin, signals, memory.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join, resolve } from "node:path";
import t from "tap";
import member from "../../src/cli/member.ts";
import { bare } from "../environment.ts";
import { corpusSink } from "../road/corpusSink.ts";
import { makeHome, news, until, verb, waiting } from "./atHome.ts";

t.setTimeout(120_000);

const program = resolve("bin/listmill");

interface Options {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly input?: string;
}

function begin(
  args: readonly string[],
  { env = {}, cwd = "/" }: Options = {},
): ChildProcess {
  return spawn(program, args, {
    cwd,
    env: { ...bare, PATH: "/usr/bin:/bin", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

async function run(args: readonly string[], options: Options = {}) {
  const child = begin(args, options);
  child.stdin?.on("error", () => {});
  child.stdin?.end(options.input ?? "");
  const read = async (stream: AsyncIterable<Buffer> | null) =>
    Buffer.concat(stream ? await Array.fromAsync(stream) : []).toString();
  const [out, err, [code]] = await Promise.all([
    read(child.stdout),
    read(child.stderr),
    once(child, "close"),
  ]);
  return { out, err, code: code as number };
}

t.test("help tells every verb", async (t) => {
  const [all, one, other, none, version, unknown] = await Promise.all([
    run(["--help"]),
    run(["help", "queue"]),
    run(["queue", "--help"]),
    run([]),
    run(["--version"]),
    run(["frobnicate"]),
  ]);
  const verbs = /; there are: (.*)\n/.exec(unknown.err)?.[1]?.split(", ") ?? [];
  for (const verb of [...verbs, "init", "replay", "aliases"])
    t.match(all.out, new RegExp(`^${verb}( |$)`, "m"), verb);
  // The start script looks for the pipe's verb, and must know where any other one ends its search.
  const script = readFileSync(program, "utf8");
  const named = [...script.matchAll(/^ {2}([a-z |]+)\) .*break ;;$/gm)];
  t.same(
    named.flatMap(([, names = ""]) => names.split(" | ")).sort(),
    verbs.sort(),
    "bin/listmill names the same verbs",
  );
  t.equal(all.code, 0);
  t.equal(one.out, other.out);
  t.notMatch(one.out, /^member/m);
  t.match(none, { code: 64, out: all.out });
  t.match(version, { code: 0, out: /^\d+\.\d+\.\d+\n$/ });
  t.match(unknown, {
    code: 64,
    err: /^listmill: unknown verb "frobnicate"; there are: init, /,
  });
});

t.test(
  "what was compiled is kept where only this account writes",
  async (t) => {
    const home = await makeHome(t);
    const state = join(home, "state");
    const env = { NODE_COMPILE_CACHE: "" };
    chmodSync(state, 0o770);
    await run(["--home", home, "list"], { env });
    t.notOk(existsSync(join(state, "compiled")), "a group could write there");
    chmodSync(state, 0o750);
    const elsewhere = join(home, "elsewhere");
    await run(["--home", home, "list"], {
      env: { NODE_COMPILE_CACHE: elsewhere },
    });
    t.notOk(existsSync(join(state, "compiled")), "it is kept elsewhere");
    await run(["--home", home, "list"], { env });
    t.ok(readdirSync(join(state, "compiled")).length > 0);
    t.match(await run(["--home", home, "check"]), { code: 0 });
  },
);

t.test("where the home is", async (t) => {
  const home = await makeHome(t);
  const found = await Promise.all([
    run(["list", "--json"], { cwd: home }),
    run(["--json", "list"], { env: { LISTMILL_HOME: home } }),
    run(["--home", home, "list", "--json"], {
      env: { LISTMILL_HOME: "/nowhere" },
    }),
    run(["list", `--home=${home}`, "--json"]),
  ]);
  for (const { code, out } of found) {
    t.equal(code, 0);
    t.match(JSON.parse(out), [{ list: news }]);
  }
  t.match(await run(["list", "--home"]), {
    code: 64,
    err: "listmill: --home takes a directory\n",
  });
  t.match(await run(["list"]), {
    code: 78,
    err: /^listmill: \/ is no home of listmill/,
  });
});

t.test("the MTA's pipe", async (t) => {
  const home = await makeHome(t);
  const receive = (args: string[], input: string) =>
    run(["--home", home, "receive", ...args], { input });
  const post = "From: a@example.com\nSubject: x\n\nText.\n";
  t.same(await receive(["--sender", "a@example.com", "--", news], post), {
    code: 0,
    out: "",
    err: "",
  });
  t.equal(waiting(home, "incoming").length, 1);
  t.match(await receive(["--sender", "", "--", news], post), { code: 0 });
  t.match(await receive(["gone@lists.example.org"], post), {
    code: 67,
    err: "listmill: <gone@lists.example.org>: no such list here\n",
  });
  t.match(await receive([news], "no message"), { code: 65 });
  t.match(await receive(["--sendr", "x", news], post), { code: 75 });
  writeFileSync(join(home, "listmill.toml"), "broken");
  t.match(
    await receive([news], post),
    { code: 75, err: /listmill\.toml:1: / },
    "a broken setting is no reason to bounce",
  );
  t.equal(waiting(home, "incoming").length, 2);
});

t.test("a runner delivers and stops at a signal", async (t) => {
  const sink = await corpusSink(t);
  const home = await makeHome(t, { smtp: sink.url, list: { archive: false } });
  await verb(t, home, member, ["add", news, "r@example.com"]);
  const runner = begin(["--home", home, "run"]);
  let log = "";
  runner.stderr?.on("data", (text) => {
    log += text;
  });
  t.ok(
    await until(() => log.includes(": runs incoming")),
    "it says that it runs",
  );
  writeFileSync(
    join(home, "spool/incoming/new/1"),
    `Return-Path: <a@example.com>\nDelivered-To: ${news}\nSubject: x\n\nText.\n`,
  );
  t.ok(await until(() => sink.mail.length === 1), log);
  runner.kill("SIGTERM");
  const [code] = await once(runner, "exit");
  t.equal(code, 0);
  t.match(log, /stopped after 3 entries/);
});

t.test("a host that has the door only runs no queue until empty", async (t) => {
  const home = await makeHome(t, {
    settings: '[node.gate]\nqueues = ["lmtp"]\n',
  });
  const env = { LISTMILL_HOST: "gate" };
  t.match(await run(["--home", home, "run", "--until-empty"], { env }), {
    code: 64,
    err: /node\.gate\.queues: names lmtp only/,
  });
  t.match(
    await run(["--home", home, "run", "owner", "--until-empty"], { env }),
    { code: 0 },
  );
});

t.test("a runner that cannot start ends, with its LMTP door", async (t) => {
  const home = await makeHome(t, {
    settings: '[lmtp]\nlisten = "127.0.0.1:0"\n',
  });
  const nodes = join(home, "spool/nodes");
  writeFileSync(nodes, "");
  t.match(await run(["--home", home, "run", "lmtp", "incoming"]), {
    code: 75,
    err: /^listmill: E[A-Z]+: .*spool\/nodes/m,
  });
  rmSync(nodes);
  const taken = createServer();
  await new Promise<void>((done) => taken.listen(0, "127.0.0.1", done));
  t.teardown(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  writeFileSync(
    join(home, "listmill.toml"),
    `[lmtp]\nlisten = "127.0.0.1:${port}"\n`,
  );
  t.match(await run(["--home", home, "run", "lmtp", "incoming"]), {
    code: 78,
    err: /^listmill: \[lmtp\] listen: .*EADDRINUSE/m,
  });
  t.notOk(existsSync(nodes), "and no lease was taken");
});

t.test("memory stays flat for messages of 50 and 150 MB", async (t) => {
  let received = 0;
  const sink = await corpusSink(t, ({ bytes }) => {
    received = bytes.length;
  });
  const home = await makeHome(t, {
    smtp: sink.url,
    settings: '[limits]\nmessage = "200MB"\n',
    list: { subject_prefix: "[news]", footer: "bye" },
  });
  await verb(t, home, member, ["add", news, "r@example.com"]);
  const peak = async (megabytes: number): Promise<number> => {
    const fd = openSync(join(home, "spool/incoming/tmp/large"), "w");
    writeSync(
      fd,
      `Return-Path: <a@example.com>\r\nDelivered-To: ${news}\r\nSubject: x\r\n\r\n`,
    );
    const line = `${"x".repeat(62)}\r\n`;
    for (let done = 0; done < megabytes; done += 1)
      writeSync(fd, line.repeat(2 ** 14));
    closeSync(fd);
    renameSync(
      join(home, "spool/incoming/tmp/large"),
      join(home, "spool/incoming/new/large"),
    );
    const runner = begin([
      "--home",
      home,
      "run",
      "--until-empty",
      "--rate",
      "0",
    ]);
    let most = 0;
    const watch = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${runner.pid}/status`, "utf8");
        most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
      } catch {}
    }, 5);
    runner.stderr?.resume();
    await once(runner, "exit");
    clearInterval(watch);
    return most / 1024;
  };
  // Buffers of the sockets level off at some tens of megabytes: the rest must not grow.
  const small = await peak(50);
  const large = await peak(150);
  t.ok(received > 150 * 2 ** 20, "it was delivered");
  t.comment(
    `VmHWM ${small.toFixed(0)} MB for 50 MB, ${large.toFixed(0)} MB for 150 MB`,
  );
  t.ok(large < small + 50, `${small} and ${large} MB`);
});
