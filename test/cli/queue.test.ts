// queue: what waits, and what a person does with it, on real entries and a real runner.
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { Context } from "../../src/cli/context.ts";
import member from "../../src/cli/member.ts";
import queue from "../../src/cli/queue.ts";
import { corpusSink } from "../road/corpusSink.ts";
import {
  feed,
  makeHome,
  news,
  runAll,
  unmoderated,
  verb,
  waiting,
} from "./atHome.ts";
import { put } from "./queue/entries.ts";

const post = (subject: string) =>
  `From: anna@example.com\nSubject: ${subject}\n\nText.\n`;

async function homeWithHook(t: Test, path: string, hook: string) {
  const sink = await corpusSink(t);
  const home = await makeHome(t, {
    smtp: sink.url,
    list: { archive: false, ...unmoderated },
  });
  await verb(t, home, member, ["add", news, "reader@example.com"]);
  const file = join(home, "hooks.d", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, hook);
  chmodSync(file, 0o755);
  const run = (args: string[], json = false) =>
    verb(t, home, queue, args, json);
  const rows = async () => JSON.parse((await run([], true)).out) as Row[];
  return { home, sink, run, rows, log: join(home, "asked") };
}

interface Row {
  readonly queue: string;
  readonly entry: string;
  readonly error: string;
  readonly next: string;
}

t.test("an empty spool, and names that are none", async (t) => {
  const home = await makeHome(t);
  const run = (args: string[], json = false) =>
    verb(t, home, queue, args, json);
  t.same(await run([]), { code: 0, out: "nothing waits\n", err: "" });
  t.same(JSON.parse((await run([], true)).out), []);
  const cases: [string[], number, RegExp][] = [
    [["nowhere"], 64, /no queue "nowhere"; there are: archive, /],
    [["nowhere", "x"], 64, /unknown action "nowhere"/],
    [["show"], 64, /queue show takes entries/],
    [["show", "0mws"], 66, /no entry 0mws in the spool/],
    [["drop", "../../etc"], 66, /no entry/],
    [["--all"], 64, /--all/],
    [["--why", "a@x.org"], 64, /--why is for queue show and one entry/],
    [["posts", "--why", "a@x.org"], 64, /--why is for queue show/],
    [["--entries"], 64, /--entries: of which queue\?/],
    [["show", "0mws", "--entries"], 64, /queue show takes no --entries/],
    [["posts", "--domain", "x.org"], 64, /are for queue retry and queue drop/],
    [["retry", "--list", "a@x.org"], 64, /--list goes with --domain/],
    [["retry", "--domain", "x@y"], 64, /takes a domain, such as .*"x@y"/],
    [["drop", "--domain", ""], 64, /takes a domain/],
    [["drop", "--recipient", "x"], 64, /takes an address, not "x"/],
    [["drop", "--recipient", "x@y", "--domain", "y"], 64, /give one of them/],
    [["drop", "0mws", "--domain", "x.org"], 64, /"0mws" is an argument too/],
    [["retry", "--domain", "x.org", "0mws"], 64, /no queue "0mws"; there are/],
    [["retry", "--domain", "x.org", "held"], 64, /what is in held rests/],
  ];
  for (const [args, code, err] of cases)
    t.match(await run(args), { code, err }, args.join(" "));
});

t.test("a table of more rows than a call has arguments", (t) => {
  const context = new Context(t.testdir(), false);
  const rows = Array.from({ length: 200_000 }, (_, entry) => ({ entry }));
  const lines: string[] = [];
  const { write } = process.stdout;
  // A capture of tap's notes a stack for each line.
  process.stdout.write = (line) => lines.push(String(line)) > 0;
  try {
    context.table(["entry", "list"], rows);
  } finally {
    process.stdout.write = write;
  }
  t.equal(lines.length, 200_001);
  t.equal(lines.at(-1), "199999\n");
  t.equal(lines[0], "entry   list\n", "as wide as the widest");
  t.end();
});

t.test("recipients are counted, however many", async (t) => {
  const home = await makeHome(t);
  const run = (args: string[], json = false) =>
    verb(t, home, queue, args, json);
  const [id = ""] = await feed(home, post("many"));
  const [path = ""] = waiting(home, "incoming");
  const lines = Array.from({ length: 50_000 }, (_, n) => `m${n}@example.com\n`);
  writeFileSync(join(path, "recipients"), lines.join(""));
  const notes =
    "sent\t2-4\tok\nnever\t6\t550 no\nlater\t1,7\t451 wait\ndropped\t8\tby a person\n";
  writeFileSync(join(path, "progress"), notes);
  t.match(JSON.parse((await run([], true)).out), [
    { recipients: 50_000, waiting: 49_995 },
  ]);
  t.match((await run([])).out, / {2}49995 of 50000\b/);
  const { out } = await run(["show", id]);
  for (const line of [
    /^3 recipients delivered: m1@example\.com, m2@\S+, m3@example\.com$/m,
    /^2 recipients to be tried again: m0@\S+ \(451 wait\), m6@\S+ \(451 wait\)$/m,
    /^1 recipient failed: m5@example\.com \(550 no\)$/m,
    /^1 recipient dropped: m7@example\.com$/m,
    /^49993 recipients not tried yet: m4@\S+, m8@\S+, m9@\S+, m10@\S+, m11@\S+, …$/m,
  ])
    t.match(out, line);
  t.equal(
    JSON.parse((await run(["show", id], true)).out).recipients.length,
    50_000,
  );
});

t.test("what waits is listed and shown", async (t) => {
  const home = await makeHome(t);
  const run = (args: string[], json = false) =>
    verb(t, home, queue, args, json);
  const [id = ""] = await feed(home, post("shown \x1b[31m"));
  writeFileSync(join(home, "spool/incoming/new/1.mail"), post("delivered"));
  const { out } = await run([]);
  t.match(
    out,
    /^queue +entry +list +since +attempt +next +recipients +error\n/,
  );
  t.match(out, new RegExp(`incoming +${id} +news@`));
  t.match(out, /incoming +1\.mail/);
  t.match(JSON.parse((await run(["incoming"], true)).out), [
    {
      queue: "incoming",
      entry: id,
      list: news,
      sender: "stranger@example.net",
      next: "now",
    },
    { queue: "incoming", entry: "1.mail" },
  ]);
  t.match(await run(["posts"]), { out: "nothing waits\n" });
  const shown = await run(["show", id.slice(0, -2)]);
  t.match(shown.out, /"sender": "stranger@example\.net"/);
  t.match(shown.out, /Subject: shown +\[31m/, "nothing for the terminal");
  t.match(JSON.parse((await run(["show", `incoming/${id}`], true)).out), {
    queue: "incoming",
    entry: id,
    attempt: 0,
    size: post("shown \x1b[31m").length,
    envelope: { recipient: news },
    recipients: [],
  });
  await feed(home, post("another"));
  t.match(await run(["show", "0"]), {
    code: 64,
    err: /the beginning of several entries/,
  });
});

t.test(
  "held, released: the stage that held it lets it pass, once",
  async (t) => {
    const { home, sink, run, rows, log } = await homeWithHook(
      t,
      "posts/15-approve/10-moderate",
      `#!/bin/sh\necho asked >>"$LISTMILL_HOME/asked"\necho a moderator must see it\nexit 80\n`,
    );
    const [first = ""] = await feed(home, post("first"));
    await runAll(home);
    const [held, ...none] = await rows();
    t.same(none, []);
    t.match(held, {
      queue: "held",
      next: "rests",
      error: "posts/15-approve/10-moderate: a moderator must see it",
    });
    t.equal(sink.mail.length, 0);
    await runAll(home, { after: 24 * 60 * 60 * 1000 });
    t.equal((await rows()).length, 1, "it rests");
    const id = held?.entry ?? "";
    t.match(await run(["retry", id]), {
      code: 64,
      err: /rests in held: use queue release/,
    });
    t.match(await run(["hold", id]), { code: 64, err: /is held already/ });
    t.match(await run(["release", id]), {
      code: 0,
      out: new RegExp(`^posts/${id} is due now`),
    });
    t.match(await run(["release", id]), {
      code: 64,
      err: /is not held or failed: nothing to release/,
    });
    await runAll(home);
    t.equal(sink.mail.length, 1);
    t.match(sink.mail[0]?.bytes.toString(), /^Subject: first\r$/m);
    t.same(await rows(), []);
    t.ok(first);
    await feed(home, post("second"));
    await runAll(home);
    t.match(await rows(), [{ queue: "held" }], "the next one is held again");
    t.equal(readFileSync(log, "utf8"), "asked\n".repeat(3));
  },
);

t.test(
  "a part of a list that has lost its envelope is not released as the whole",
  async (t) => {
    const home = await makeHome(t);
    const run = (args: string[]) => verb(t, home, queue, args);
    const recipients = ["a@x.org", "b@x.org"];
    const id = put(home, { recipients });
    const [path = ""] = waiting(home, "outbound");
    appendFileSync(join(path, "recipients"), "of@another.entry\n");
    writeFileSync(join(path, "envelope.json"), '{"sender": "broken');
    t.match(await run(["hold", id]), { code: 0 });
    const [held = ""] = waiting(home, "held");
    t.equal(
      readFileSync(join(held, "envelope.broken"), "utf8"),
      '{"sender": "broken',
    );
    t.match(await run(["release", id]), {
      code: 65,
      err: /write sender, .*, and portion and given as envelope\.broken has them/,
    });
    const envelope = JSON.parse(
      readFileSync(join(held, "envelope.json"), "utf8"),
    );
    const write = (more: Record<string, unknown>) =>
      writeFileSync(
        join(held, "envelope.json"),
        JSON.stringify({ ...envelope, origin: "posts/1", ...more }),
      );
    write({});
    t.match(await run(["release", id]), {
      code: 65,
      err: /is for 2 of the 3 recipients in its file, .*write portion and given/,
    });
    write({ portion: { start: 0, end: 16, count: 2 } });
    t.match(await run(["release", id]), { code: 0, out: /^outbound\// });
  },
);

t.test("held by a person, released to where it was", async (t) => {
  const { home, sink, run, rows } = await homeWithHook(
    t,
    "posts/15-approve/10-pass",
    "#!/bin/sh\nexit 0\n",
  );
  const [id = ""] = await feed(home, post("by hand"));
  t.match(await run(["hold", id]), { code: 0, out: `held/${id}\n` });
  await runAll(home);
  t.match(await rows(), [
    { queue: "held", entry: id, error: "operator: held" },
  ]);
  t.match(await run(["release", id]), {
    code: 0,
    out: `incoming/${id} is due now\n`,
  });
  await runAll(home);
  t.equal(sink.mail.length, 1);
});

t.test("a release that was cut short is done again", async (t) => {
  const { home, run } = await homeWithHook(
    t,
    "posts/15-approve/10-later",
    "#!/bin/sh\nexit 75\n",
  );
  const [id = ""] = await feed(home, post("twice"));
  await run(["hold", id]);
  const [held = ""] = waiting(home, "held");
  await run(["release", id]);
  const [released = ""] = waiting(home, "incoming");
  // As if it had died after its note and before its rename.
  renameSync(released, held);
  t.match(await run(["release", id]), {
    code: 0,
    out: `incoming/${id} is due now\n`,
  });
  await runAll(home);
  const [later = ""] = waiting(home, "posts");
  const there = later.split(".").at(-1) ?? "";
  await run(["hold", there]);
  t.match(
    await run(["release", there]),
    { code: 0, out: /^posts\// },
    "where it was held last, not first",
  );
});

t.test("what waits is tried at once, or dropped", async (t) => {
  const { home, sink, run, rows, log } = await homeWithHook(
    t,
    "posts/15-approve/10-later",
    `#!/bin/sh\necho asked >>"$LISTMILL_HOME/asked"\necho not yet\nexit 75\n`,
  );
  await feed(home, post("later"));
  await runAll(home);
  const [row] = await rows();
  t.match(row, {
    queue: "posts",
    attempt: 1,
    next: /^20/,
    error: /10-later: not yet/,
  });
  await runAll(home);
  t.equal(readFileSync(log, "utf8"), "asked\n", "not before it is due");
  t.match(await run(["retry", row?.entry ?? ""]), {
    code: 0,
    out: /is due now/,
  });
  t.match(await rows(), [{ next: "now" }]);
  await runAll(home);
  t.equal(readFileSync(log, "utf8"), "asked\nasked\n");
  t.match(await run(["release", row?.entry ?? ""]), {
    code: 64,
    err: /nothing to release/,
  });
  t.match(await run(["drop", row?.entry ?? ""]), {
    code: 0,
    out: `dropped posts/${row?.entry}\n`,
  });
  t.same(waiting(home, "posts"), []);
  t.same(sink.mail, []);
});

t.test("a failed entry tries again when it is released", async (t) => {
  const { home, sink, run, rows } = await homeWithHook(
    t,
    "posts/15-approve/10-broken",
    `#!/bin/sh\n[ -e "$LISTMILL_HOME/mended" ] || exit 3\n`,
  );
  await feed(home, post("again"));
  await runAll(home);
  await runAll(home, { after: 6 * 24 * 60 * 60 * 1000 });
  const [row] = await rows();
  t.match(row, {
    queue: "failed",
    error: /given up after 2 tries: .*10-broken: exit code 3/,
  });
  writeFileSync(join(home, "mended"), "");
  t.match(await run(["release", row?.entry ?? ""]), { out: /^posts\// });
  await runAll(home);
  t.equal(sink.mail.length, 1);
});
