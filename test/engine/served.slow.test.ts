// Programs that are kept and asked by lines: by their contract, and against it.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { stopwatch } from "../../src/base/clock.ts";
import { Servers } from "../../src/engine/servers.ts";
import { turn } from "../../src/engine/turn.ts";
import { look } from "../spool/fixtures/entries.ts";
import { isAlive, Toy, until } from "./toy.ts";

/** A served hook in Python without the library; `answer(q)` and what is before it are given. */
function raw(text: string): string {
  return `#!/usr/bin/python3
import json, os, sys, time
def say(q, code=0, **more):
    print(json.dumps({"id": q["id"], "code": code, **more}), flush=True)
${text}
for line in sys.stdin:
    answer(json.loads(line))
`;
}

/** Seconds that a program has for an answer where a test owns the time. */
const MINUTE = 60;

/** A stopwatch that a test may set forward. */
class Stopwatch {
  /** Seconds by which it is. */
  ahead = 0;
  /** How often it was read. */
  reads = 0;
  readonly #seconds = stopwatch();
  readonly read = () => {
    this.reads += 1;
    return this.#seconds() + this.ahead;
  };
}

/** A served hook that answers each message when it may. */
const slow = (home: string) => `
open("${home}/pids", "a").write(str(os.getpid()) + "\\n")
def answer(q):
    while not os.path.exists("${home}/may-" + q["variables"]["IT"]): time.sleep(0.01)
    say(q)
`;

/** The processes of one served hook, without a mill. */
function pool(
  t: Test,
  {
    size = 1,
    idle = 300_000,
    path = "/usr/bin:/bin",
    seconds = stopwatch(),
    hook,
  }: {
    size?: number;
    idle?: number;
    path?: string;
    seconds?: () => number;
    hook: (home: string) => string;
  },
) {
  const home = t.testdir();
  const file = join(home, "it.serve");
  writeFileSync(file, raw(hook(home)), { mode: 0o755 });
  const manner = { environment: { PATH: path } };
  const servers = new Servers(size, manner, () => {}, idle, seconds);
  t.teardown(() => servers.close());
  return {
    /** @param name what the hook is told as IT */
    ask: (name: string) =>
      servers.ask(
        { path: "it", file, version: "1", layer: "site", how: "served" },
        { timeout: MINUTE * 1000, output: 1000 },
        () => ({
          verb: "approve",
          variables: { IT: name },
          message: "/dev/null",
          recipients: null,
          emit: null,
          output: join(home, "out"),
        }),
      ),
    allow: (name: string) => writeFileSync(join(home, `may-${name}`), ""),
    /** What noted itself in the file of that name. */
    pids: () => pidsIn(home),
  };
}

/** Notes the number of each process that starts. */
const noted = (toy: Toy) =>
  `open("${toy.home}/pids", "a").write(str(os.getpid()) + "\\n")\n`;

const pids = (toy: Toy) => pidsIn(toy.home);

function pidsIn(home: string): number[] {
  const path = join(home, "pids");
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8").trim().split("\n").map(Number);
}

/** Messages of those subjects, all on their way at once through one served hook. */
async function together(
  t: Test,
  toy: Toy,
  hook: string,
  subjects: readonly string[],
) {
  toy.hook("q/10-approve/10-it.serve.py", hook);
  toy.shell("q/90-route/10-on", "echo next");
  for (const subject of subjects)
    await toy.put("q", { message: [Buffer.from(`Subject: ${subject}\n\n`)] });
  const { due } = look(toy.spool, "q", toy.mill.clock.now() / 1000, 1000);
  await Promise.all(due.map((waiting) => turn(toy.mill, "q", waiting)));
  const bare = ({ message }: { message: string }) =>
    message.replace(/^Subject: |\n/g, "");
  const waits = toy.found("q").map((found) => ({
    subject: bare(found),
    reason: found.envelope.history[0]?.reason,
  }));
  const next = toy.found("next").map(bare).sort();
  const held = toy.found("held").length;
  t.equal(waits.length + next.length + held, subjects.length, "none is lost");
  return { waits, next };
}

const many = Array.from({ length: 12 }, (_, n) => `s${10 + n}`);

t.test("one process answers all, in any order", async (t) => {
  const toy = new Toy(t);
  const { waits, next } = await together(
    t,
    toy,
    raw(`${noted(toy)}
held = []
def answer(q):
    held.append(q)
    if len(held) == 12:
        for q in reversed(held): say(q)
`),
    many,
  );
  t.same(waits, []);
  t.same(next, many);
  t.equal(pids(toy).length, 1);
});

t.test("it is asked all that a hook is told", async (t) => {
  const toy = new Toy(t);
  toy.hook(
    "q/10-approve/10-it.serve",
    raw(`def answer(q):
    said = dict(q, text=open(q["message"]).read(), cwd=os.getcwd(), env=sorted(os.environ))
    json.dump(said, open("${toy.home}/told", "w"))
    say(q)
`),
  );
  toy.shell("q/90-route/10-on", "echo next");
  const { id } = await toy.put("q");
  await toy.turn("q");
  toy.one("next");
  const told = JSON.parse(readFileSync(join(toy.home, "told"), "utf8"));
  t.match(told.message, /\/cur\/toy\/.*\/message$/);
  t.match(told.output, /\/cur\/toy\/.*\/work\//);
  t.same(
    { ...told, output: "", env: [] },
    {
      id: "1",
      verb: "approve",
      variables: {
        LISTMILL_ATTEMPT: "0",
        LISTMILL_EXTENSION: "",
        LISTMILL_ID: id,
        LISTMILL_MESSAGE: told.message,
        LISTMILL_ORIGIN: "mta",
        LISTMILL_QUEUE: "q",
        LISTMILL_RECIPIENT: "list@b.example",
        LISTMILL_SENDER: "author@a.example",
        LISTMILL_SETTING_COLOUR: "blue",
        LISTMILL_STAGE: "10-approve",
        LISTMILL_SUBJECT: "Subject: a message",
      },
      message: told.message,
      recipients: null,
      emit: null,
      output: "",
      text: "Subject: a message\n\nHello\n",
      cwd: "/",
      env: [],
    },
  );
  const own = ["PATH", "PYTHONPATH", "PERL5LIB"];
  t.ok(own.every((name) => told.env.includes(name)));
  const strange = told.env.filter(
    (name: string) =>
      // What tap gives to every process that its tests start.
      !/^(_TAPJS_|NODE_OPTIONS$)/.test(name) &&
      !/^(PATH|PYTHONPATH|PERL5LIB|PWD|LC_CTYPE|_|SHLVL|OLDPWD)$/.test(name),
  );
  t.same(strange, [], "and nothing of the mill's own environment");
});

t.test("codes are verdicts, whatever the program", async (t) => {
  const toy = new Toy(t);
  const cases: [string, RegExp][] = [
    ['75, reason="Soon"', /^Soon$/],
    ["75", /^asked for later$/],
    ['3, stdout="a word\\n"', /^exit code 3: a word$/],
    ["0, output=True", /^it says that its output is in the file/],
  ];
  for (const [n, [said, reason]] of cases.entries()) {
    toy.hook(
      `q${n}/10-approve/10-it.serve`,
      raw(`def answer(q): say(q, ${said})\n`),
    );
    await toy.put(`q${n}`);
    await toy.turn(`q${n}`);
    t.match(toy.one(`q${n}`).envelope.history[0]?.reason, reason, said);
  }
  toy.hook(
    "h/10-approve/10-it.serve",
    raw(`def answer(q): say(q, 80, reason="two\\nlines")\n`),
  );
  await toy.put("h");
  await toy.turn("h");
  t.equal(toy.one("held").envelope.history[0]?.reason, "two lines");
  toy.hook(
    "r/10-approve/10-it.serve",
    raw(`def answer(q): say(q, 77, stdout="Not so\\nmore\\n")\n`),
  );
  await toy.put("r");
  await toy.turn("r");
  t.equal(toy.one("outbound").message, "Refused: Not so\n");
});

t.test(
  "the message that ends its process waits, the others pass",
  async (t) => {
    const toy = new Toy(t);
    const { waits, next } = await together(
      t,
      toy,
      raw(`${noted(toy)}
def answer(q):
    if "s15" in open(q["message"]).read():
        print("Ouch", file=sys.stderr, flush=True)
        os._exit(9)
    say(q)
`),
      many,
    );
    t.same(waits, [{ subject: "s15", reason: "ended with exit code 9: Ouch" }]);
    t.same(
      next,
      many.filter((subject) => subject !== "s15"),
    );
    t.equal(pids(toy).length, 3);
    t.match(
      toy.said.find((line) => line.includes("asked again")),
      /^q\/10-approve\/10-it\.serve\.py: ended with exit code 9: Ouch; unanswered: \d+, which are asked again$/,
    );
  },
);

t.test(
  "a late answer ends the process group; the others are asked again",
  async (t) => {
    const clock = new Stopwatch();
    const { ask, pids } = pool(t, {
      seconds: clock.read,
      hook: (home) => `
import subprocess
def note(pid): open("${home}/pids", "a").write(str(pid) + "\\n")
note(os.getpid())
def answer(q):
    if q["variables"]["IT"] == "s13":
        child = subprocess.Popen(["sleep", "300"])
        note(child.pid)
        time.sleep(300)
    say(q)
`,
    });
    const asked = many.map((name) => ask(name));
    await until("one hangs", () => pids().length === 2);
    clock.ahead += MINUTE;
    const waits = (await Promise.all(asked)).map((served) =>
      served.kind === "later" ? served.reason : "",
    );
    t.same(
      waits,
      many.map((name) =>
        name === "s13" ? "ended after 60 s, the time limit" : "",
      ),
    );
    const [first, child, second] = pids();
    t.notOk(isAlive(Number(first)));
    await until("its child is gone too", () => !isAlive(Number(child)));
    t.ok(isAlive(Number(second)));
  },
);

t.test("one that answers in turn is not blamed for those before", async (t) => {
  const clock = new Stopwatch();
  const { ask, allow } = pool(t, { seconds: clock.read, hook: slow });
  const asked = ["one", "two", "three"].map((name) => ask(name));
  for (const [n, name] of ["one", "two", "three"].entries()) {
    clock.ahead += 0.7 * MINUTE;
    const { reads } = clock;
    await until("it is looked at", () => clock.reads > reads);
    allow(name);
    t.equal((await asked[n])?.kind, "answer", name);
  }
});

t.test("one that rests takes no message from one that answers", async (t) => {
  const { ask, allow, pids } = pool(t, {
    size: 2,
    // No rest is ever over.
    seconds: () => 0,
    hook: (home) => `
try: os.mkdir("${home}/first")
except OSError: sys.exit("not the first")
${slow(home)}`,
  });
  const first = ask("long");
  await until("the first is at work", () => pids().length === 1);
  const trouble = /not the first$/;
  t.match(await ask("a"), { kind: "later", reason: trouble });
  t.match(await ask("b"), { kind: "later", reason: trouble });
  const behind = ask("c");
  for (const name of ["long", "c"]) allow(name);
  t.same([(await first).kind, (await behind).kind], ["answer", "answer"]);
});

t.test("what is no answer ends the process, and is told", async (t) => {
  const cases: [string, RegExp][] = [
    ['print("what?", flush=True)', /^it answered what is not JSON: what\?$/],
    ['print("{}", flush=True)', /^it answered without a proper "id"/],
    ['say({"id": "99"})', /^it answered "99", which is no question/],
    ["say(q); say(q)", /^it answered "1", which is no question/],
    [
      'print("x" * 2_000_000, flush=True)',
      /^it answered a line of more than 1048576 bytes$/,
    ],
    ["os.close(1); time.sleep(60)", /^it closed its stdout$/],
    ["os.kill(os.getpid(), 15)", /^ended by SIGTERM$/],
  ];
  for (const [text, reason] of cases) {
    const toy = new Toy(t);
    const { waits, next } = await together(
      t,
      toy,
      raw(`def answer(q):
    if "bad" in open(q["message"]).read():
        ${text}
        time.sleep(60)
    say(q)
`),
      ["bad", "good"],
    );
    if (text.startsWith("say(q);")) {
      t.same(next, ["bad", "good"], "an answer counts, what follows does not");
      await until("it is told", () =>
        toy.said.some((it) => reason.test(it.replace(/^\S+ /, ""))),
      );
    } else {
      t.match(waits[0]?.reason, reason);
      t.same([waits.length, next], [1, ["good"]], text);
    }
  }
});

t.test(
  "more than the output limit is too much, while it is written too",
  async (t) => {
    const toy = new Toy(t, { timeout: 20_000, output: 50_000 });
    toy.hook(
      "q/20-edit/10-it.serve",
      raw(`def answer(q):
    out = open(q["output"], "wb")
    out.write(b"a: b\\n" * 20_000)
    out.flush()
    if "HANG" in open(q["message"]).read(): time.sleep(60)
    say(q, output=True)
`),
    );
    await toy.put("q", { message: [Buffer.from("Subject: HANG\n\n")] });
    await toy.turn("q");
    const reason = "ended: it printed more than 50000 bytes";
    t.equal(toy.one("q").envelope.history[0]?.reason, reason);
    toy.hook(
      "r/50-emit/10-it.serve",
      raw(`def answer(q):
    folder = q["emit"] + "/a@b.example"
    os.mkdir(folder)
    open(folder + "/1", "wb").write(b"a: b\\n" * 20_000)
    say(q)
`),
    );
    await toy.put("r");
    await toy.turn("r");
    t.equal(toy.one("r").envelope.history[0]?.reason, reason);
  },
);

t.test(
  "a program that always ends is left alone, and the log says it once",
  async (t) => {
    const toy = new Toy(t);
    const { waits } = await together(
      t,
      toy,
      `#!/usr/bin/python3\nopen("${toy.home}/starts", "a").write(".")\nimport no_such_thing\n`,
      many,
    );
    t.equal(waits.length, many.length);
    for (const { reason } of waits)
      t.match(reason, /ModuleNotFoundError: No module named 'no_such_thing'$/);
    const starts = () => readFileSync(join(toy.home, "starts"), "utf8").length;
    t.equal(starts(), 3);
    const told = toy.said.filter((line) => line.includes("messages wait"));
    t.equal(told.length, 1, toy.said.join("\n"));
    // Mended, it is a new version, which begins at once.
    toy.hook("q/10-approve/10-it.serve.py", raw("def answer(q): say(q)\n"));
    toy.ahead += 80_000;
    await toy.turn("q");
    t.equal(toy.found("next").length, many.length);
  },
);

t.test("after a rest it is started again", async (t) => {
  const toy = new Toy(t);
  await together(
    t,
    toy,
    raw(`
if not os.path.exists("${toy.home}/mended"): sys.exit("broken")
def answer(q): say(q)
`),
    ["one", "two"],
  );
  for (const { envelope } of toy.found("q"))
    t.match(envelope.history[0]?.reason, /exit code 1: broken$/);
  toy.hook("mended", "");
  renameSync(join(toy.home, "hooks.d/mended"), join(toy.home, "mended"));
  await until("it answers", async () => {
    await toy.put("q");
    await toy.turn("q");
    return toy.found("next").length === 1;
  });
  t.match(toy.said.join("\n"), /10-it\.serve\.py: it answers again$/m);
});

t.test("a missing interpreter is named", async (t) => {
  const toy = new Toy(t);
  const { waits } = await together(t, toy, "#!/usr/bin/no-such-thing\n", [
    "one",
  ]);
  t.match(
    waits[0]?.reason,
    /^it could not be started by \/usr\/bin\/no-such-thing: .*not found/,
  );
});

t.test(
  "a changed file: new processes for new messages, the old ones finish theirs",
  async (t) => {
    const toy = new Toy(t);
    toy.shell("q/90-route/10-on", "echo next");
    const program = (word: string) =>
      raw(`${noted(toy)}
def answer(q):
    while "${word}" == "old" and not os.path.exists("${toy.home}/go"): time.sleep(0.01)
    open("${toy.home}/" + "${word}", "w")
    say(q)
`);
    toy.hook("q/10-approve/10-it.serve.py", program("old"));
    await toy.put("q");
    const [waiting] = look(toy.spool, "q", toy.mill.clock.now() / 1000, 10).due;
    if (!waiting) throw new Error("nothing is due");
    const first = turn(toy.mill, "q", waiting);
    await until("the first is asked", () => pids(toy).length === 1);
    toy.hook("q/10-approve/10-it.serve.py", program("newer"));
    await toy.put("q");
    await toy.turn("q");
    t.equal(toy.found("next").length, 1, "the second passes the first");
    t.ok(existsSync(join(toy.home, "newer")));
    const [old, newer] = pids(toy).map(Number);
    t.ok(isAlive(Number(old)));
    toy.hook("go", "");
    renameSync(join(toy.home, "hooks.d/go"), join(toy.home, "go"));
    await first;
    t.equal(toy.found("next").length, 2);
    await until("the old one ends", () => !isAlive(Number(old)));
    t.ok(isAlive(Number(newer)));
    await toy.mill.servers.close();
    t.notOk(isAlive(Number(newer)), "the other ends with the runner");
  },
);

t.test("one that will not end is ended", async (t) => {
  const toy = new Toy(t);
  await together(
    t,
    toy,
    `#!/usr/bin/python3
import json, os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open("${toy.home}/pids", "a").write(str(os.getpid()) + "\\n")
for line in sys.stdin:
    print(json.dumps({"id": json.loads(line)["id"], "code": 0}), flush=True)
while True: time.sleep(1)
`,
    ["one"],
  );
  const [pid] = pids(toy);
  t.ok(isAlive(Number(pid)));
  await toy.mill.servers.close();
  t.notOk(isAlive(Number(pid)));
});

t.test(
  "a pool takes messages to the process that has least to do",
  async (t) => {
    const toy = new Toy(t, undefined, 3);
    const { next } = await together(
      t,
      toy,
      raw(`${noted(toy)}
def answer(q):
    time.sleep(0.05)
    say(q)
`),
      many,
    );
    t.equal(next.length, many.length);
    t.equal(pids(toy).length, 3);
  },
);

t.test(
  "what it writes to stderr is logged under its name, within bounds",
  async (t) => {
    const toy = new Toy(t);
    await together(
      t,
      toy,
      raw(`
for n in range(1000): print(f"line {n}\\033[2J", file=sys.stderr)
def answer(q): say(q)
`),
      ["one"],
    );
    const name = "q/10-approve/10-it.serve.py: ";
    await until("it is heard", () =>
      toy.said.some((it) => it.startsWith(name)),
    );
    await toy.mill.servers.close();
    const lines = toy.said.filter((line) => line.startsWith(name));
    t.equal(lines[0], `${name}line 0 [2J`);
    t.equal(lines.length, 21);
    t.equal(lines.at(-1), `${name}and 980 more lines`);
  },
);

t.test("an observed one decides nothing", async (t) => {
  const toy = new Toy(t);
  toy.observe = ["q/10-approve/10-it"];
  const { next } = await together(
    t,
    toy,
    raw(`def answer(q): say(q, 77, reason="No")\n`),
    ["one"],
  );
  t.same(next, ["one"]);
  t.match(toy.said.join("\n"), /observed, would be reject: No$/m);
});

for (const [state, answer, line] of [
  ["at work", "", "asked\n"],
  ["idle", `echo '{"id":"1","code":0}'`, "answered\n"],
] as const)
  t.test(`it ends when the mill is killed, ${state}`, async (t) => {
    const folder = t.testdir();
    const file = join(folder, "it.serve");
    // The end of its input is nothing to it.
    const text = `#!/bin/sh\nread -r line\n${answer}\necho $$ >${folder}/new; mv ${folder}/new ${folder}/pid\nwhile :; do sleep 1; done\n`;
    writeFileSync(file, text, { mode: 0o755 });
    const mill = spawn(
      process.execPath,
      [fileURLToPath(new URL("fixtures/serving.ts", import.meta.url)), file],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    t.teardown(() => mill.kill("SIGKILL"));
    let said = "";
    mill.stdout.on("data", (data) => {
      said += data;
    });
    await until("the mill says so", () => said.includes(line));
    await until("it runs", () => existsSync(join(folder, "pid")));
    const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
    t.ok(isAlive(pid));
    mill.kill("SIGKILL");
    await until("it is gone", () => !isAlive(pid));
  });

t.test("without a message for a while it ends, and comes back", async (t) => {
  const { ask } = pool(t, {
    idle: 20,
    hook: () => "def answer(q): say(q, reason=str(os.getpid()))\n",
  });
  const pid = async () => {
    const served = await ask("it");
    return served.kind === "answer" ? Number(served.reply.reason) : 0;
  };
  const first = await pid();
  t.ok(first > 0);
  await until("it has ended", () => !isAlive(first));
  const second = await pid();
  t.ok(second > 0);
  t.not(second, first);
});

t.test("why none could be started is told", async (t) => {
  const { ask } = pool(t, { path: "/nowhere", hook: () => "" });
  t.match(await ask("it"), {
    kind: "later",
    reason: "it could not be started: spawn sh ENOENT",
  });
});

t.test(
  "a program of one line, as the page has it",
  { skip: existsSync("/usr/bin/jq") ? false : "no jq" },
  async (t) => {
    const page = readFileSync("docs/served-hooks.md", "utf8");
    const [, line] = /^ {4}(exec jq .*)$/m.exec(page) ?? [];
    const { next } = await together(t, new Toy(t), `#!/bin/sh\n${line}\n`, [
      "calm",
      "loud!!!",
    ]);
    t.same(next, ["calm"]);
  },
);
