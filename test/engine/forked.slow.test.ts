// Programs as hooks, the bad ones above all: each is named in one clear line, and the message waits.
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { isAlive, MESSAGE, Toy } from "./toy.ts";

/** Puts a message before the hook. @returns why it waits, and how often the hook was named */
async function waits(toy: Toy, queue = "q") {
  await toy.put(queue);
  await toy.turn(queue);
  const { envelope, message } = toy.one(queue);
  const [event] = envelope.history;
  const path = String(event?.where);
  return {
    where: path,
    reason: String(event?.reason),
    message,
    lines: toy.said.filter((line) => line.includes(path)).length,
  };
}

t.test("a bad hook is named in one line, and the message waits", async (t) => {
  const bad: Record<string, { text: string; reason: RegExp; verb?: string }> = {
    hangs: {
      text: "#!/bin/sh\nsleep 60\n",
      reason: /^ended after 0\.3 s, the time limit$/,
    },
    "is deaf": {
      text: "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n",
      reason: /^ended after 0\.3 s, the time limit$/,
    },
    "prints without end": {
      text: "#!/bin/sh\nyes\n",
      reason: /^ended: it printed more than 50000 bytes$/,
    },
    "exits with 3": {
      text: "#!/bin/sh\necho a word\nexit 3\n",
      reason: /^exit code 3: a word$/,
    },
    "kills itself": {
      text: "#!/bin/sh\nkill -9 $$\n",
      reason: /^exit code 137: ended by SIGKILL$/,
    },
    "kills its launcher": {
      text: "#!/bin/sh\nkill -9 0\n",
      reason: /^killed together with its launcher, by SIGKILL$/,
    },
    "has CRLF": {
      text: "#!/bin/sh\r\nexit 0\r\n",
      reason: /^its first line ends in CRLF.*save \/.*10-bad with LF/,
    },
    "has no interpreter": {
      text: "#!/usr/bin/no-such-thing\n",
      reason: /^it could not be started by \/usr\/bin\/no-such-thing: /,
    },
    "is no program": {
      text: "\x7fELF rubbish",
      reason: /^it could not be started|^\S.*10-bad: |^exit code/,
    },
    "calls what there is not": {
      text: "#!/bin/sh\nno-such-command\n",
      reason: /^exit code 127: .*no-such-command/,
    },
    "reads what there is not": {
      text: "#!/bin/sh\nexec sh -c 'cat </no/such/file'\n",
      reason: /^exit code [12]: sh: .*\/no\/such\/file/,
    },
    "edits to rubbish": {
      verb: "20-edit",
      text: "#!/bin/sh\necho rubbish\n",
      reason: /^what it printed is no message: no colon in its first line$/,
    },
    "emits to nobody": {
      verb: "50-emit",
      text: '#!/bin/sh\necho "a: b" >"$LISTMILL_EMIT/mail"\n',
      reason: /^\$LISTMILL_EMIT\/mail is a file: it belongs into a folder/,
    },
    "emits a folder": {
      verb: "50-emit",
      text: '#!/bin/sh\nmkdir -p "$LISTMILL_EMIT/a@b/c"\n',
      reason: /^\$LISTMILL_EMIT\/a@b\/c is no file$/,
    },
  };
  for (const [name, { text, reason, verb = "10-approve" }] of Object.entries(
    bad,
  ))
    await t.test(name, async (t) => {
      const isLate = name === "hangs" || name === "is deaf";
      const timeout = isLate ? 300 : 20_000;
      const toy = new Toy(t, { timeout, output: 50_000 });
      toy.hook(`q/${verb}/10-bad`, text);
      toy.shell("q/60-route/10-on", "echo next");
      const found = await waits(toy);
      t.match(found.reason, reason);
      t.equal(found.where, `q/${verb}/10-bad`);
      t.equal(found.lines, 1, toy.said.join("\n"));
      t.equal(found.message, MESSAGE);
      t.same(toy.found("next"), []);
      // Mended, it lets the message on.
      toy.shell(`q/${verb}/10-bad`, "exit 0");
      toy.ahead += 80_000;
      await toy.turn("q");
      toy.one("next");
    });
});

t.test(
  "what is no hook is passed over, and said where hooks are listed",
  async (t) => {
    const toy = new Toy(t);
    const unreadable = toy.shell("q/10-approve/10-closed", "exit 77");
    chmodSync(unreadable, 0);
    mkdirSync(join(toy.home, "hooks.d/q/10-approve/20-folder"));
    toy.shell("q/20-route/10-on", "echo next");
    await toy.put("q");
    await toy.turn("q");
    toy.one("next");
    const layers = [{ name: "site", dir: join(toy.home, "hooks.d") }] as const;
    t.same(
      [...toy.mill.pipelines.get("q", layers, Date.now()).ignored].sort(),
      [
        `${unreadable}: not executable`,
        `${toy.home}/hooks.d/q/10-approve/20-folder: a folder, not a hook`,
      ],
    );
  },
);

t.test(
  "a hook that nobody may read is said to be so",
  {
    skip: process.getuid?.() === 0 && "root may read everything",
  },
  async (t) => {
    const toy = new Toy(t);
    chmodSync(toy.shell("q/10-approve/10-closed", "exit 0"), 0o111);
    t.match((await waits(toy)).reason, /could not be started|denied/i);
  },
);

t.test("what a hook leaves running is not waited for", async (t) => {
  const toy = new Toy(t);
  toy.shell(
    "q/20-route/10-on",
    `sleep 60 & echo $! >${toy.home}/pids; setsid sleep 60 & echo $! >>${toy.home}/pids; echo next`,
  );
  const began = performance.now();
  await toy.put("q");
  await toy.turn("q");
  toy.one("next");
  t.ok(performance.now() - began < 20_000);
  const pids = readFileSync(join(toy.home, "pids"), "utf8").trim().split("\n");
  t.equal(pids.length, 2);
  for (const pid of pids.map(Number)) {
    t.ok(isAlive(pid));
    process.kill(pid, "SIGKILL");
  }
});

t.test("a hook is told all of its message, each in one line", async (t) => {
  const toy = new Toy(t);
  toy.environment.LISTMILL_SETTING_FOOTER = "two\nlines";
  toy.shell(
    "q/10-approve/10-tell",
    `env | grep '^LISTMILL_' | sort >${toy.home}/told`,
  );
  const { id } = await toy.put("q", {
    message: [Buffer.from("Subject: \x1b[31m $(id) `id`\x00\n\nHello\n")],
  });
  await toy.turn("q");
  const told = readFileSync(join(toy.home, "told"), "utf8");
  const message = /^LISTMILL_MESSAGE=(.*)$/m.exec(told)?.[1] ?? "";
  t.match(message, /\/cur\/toy\/.*\/message$/);
  t.same(told.trim().split("\n"), [
    "LISTMILL_ATTEMPT=0",
    "LISTMILL_EXTENSION=",
    `LISTMILL_ID=${id}`,
    `LISTMILL_MESSAGE=${message}`,
    "LISTMILL_ORIGIN=mta",
    "LISTMILL_QUEUE=q",
    "LISTMILL_RECIPIENT=list@b.example",
    "LISTMILL_SENDER=author@a.example",
    "LISTMILL_SETTING_COLOUR=blue",
    "LISTMILL_SETTING_FOOTER=two lines",
    "LISTMILL_STAGE=10-approve",
    "LISTMILL_SUBJECT=Subject:  [31m $(id) `id`",
  ]);
});

t.test("what a hook writes to stderr is logged under its name", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/10-approve/10-talk", "printf 'first\\033[2J\\nsecond\\n' >&2");
  toy.shell("q/20-route/10-on", "echo next");
  await toy.put("q");
  await toy.turn("q");
  t.match(toy.said[0], /: q\/10-approve\/10-talk: first \[2J$/);
});

t.test("messages that a hook makes with CRLF are kept with LF", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/20-edit/10-crlf", "printf 'Subject: new\\r\\n\\r\\nbody\\r\\n'");
  toy.shell(
    "q/50-emit/10-crlf",
    'mkdir "$LISTMILL_EMIT/a@b"; printf "Subject: more\\r\\n\\r\\nbody\\r\\n" >"$LISTMILL_EMIT/a@b/1"',
  );
  toy.shell("q/60-route/10-on", "echo next");
  await toy.put("q");
  await toy.turn("q");
  t.equal(toy.one("next").message, "Subject: new\n\nbody\n");
  t.equal(toy.one("incoming").message, "Subject: more\n\nbody\n");
});

t.test("of a program that broke it is the last line that tells", async (t) => {
  const toy = new Toy(t);
  toy.shell(
    "q/10-approve/10-bad",
    "echo Traceback >&2; echo ' somewhere' >&2; echo 'KeyError: x' >&2; exit 1",
  );
  await toy.put("q");
  await toy.turn("q");
  t.match(toy.heard().join("\n"), /waits .*exit code 1: KeyError: x/);
});
