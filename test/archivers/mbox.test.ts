import { execFileSync } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  watch,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { toMbox } from "../../src/archivers/mbox.ts";
import { list, postOf, text } from "./post.ts";

const settings = { folder: "mbox" };
const boxOf = (home: string) =>
  join(home, "mbox", list.address, "2026-11.mbox");

t.test("a file a month, a post once", async (t) => {
  const home = t.testdir();
  const post = await postOf(home, 1, text("a", "Hi.\n\nFrom here\n"));
  t.same(await toMbox(post, settings), {
    kind: "done",
    what: "in 2026-11.mbox",
  });
  t.same(await toMbox(post, settings), { kind: "done", what: "was there" });
  t.equal(
    readFileSync(boxOf(home), "utf8"),
    `From anna@example.org Thu Nov 26 16:02:59 2026\n${text("a", "Hi.\n\n>From here\n")}\n`,
  );
  const next = { received: new Date("2026-12-01T00:00:00Z") };
  await toMbox(await postOf(home, 2, text("b"), next), settings);
  t.same(readdirSync(join(home, "mbox", list.address)).sort(), [
    ".numbers",
    "2026-11.mbox",
    "2026-12.mbox",
  ]);
});

t.test("a list that is made anew counts from 1 again", async (t) => {
  const home = t.testdir();
  await toMbox(await postOf(home, 1, text("old")), settings);
  await toMbox(await postOf(home, 1, text("new")), settings);
  t.equal(readFileSync(boxOf(home), "utf8").match(/^From /gm)?.length, 2);
});

t.test("Python reads the same bytes", async (t) => {
  const home = t.testdir();
  const texts = [
    text("a", "8bit: \xe4\xff\x00 and CRLF\r\n>From x\r\nFrom y\n"),
    text("b", `${"x".repeat(100_000)}\n\n\n`),
    text("c", ""),
    text("d", "\n\nFrom \n"),
    "Subject: none else\n\n",
  ];
  for (const [at, one] of texts.entries())
    await toMbox(
      await postOf(home, at + 1, Buffer.from(one, "latin1")),
      settings,
    );
  const program = `
import mailbox, sys, re
for m in [mailbox.mbox(sys.argv[1], create=False)]:
  for key in m.keys():
    sys.stdout.buffer.write(re.sub(rb'(?m)^>(>*From )', rb'\\1', m.get_bytes(key)).hex().encode() + b'\\n')`;
  const read = execFileSync("python3", ["-c", program, boxOf(home)], {
    encoding: "utf8",
  });
  t.same(
    read
      .trim()
      .split("\n")
      .map((hex) => Buffer.from(hex, "hex").toString("latin1")),
    texts,
  );
});

t.test("whoever holds the lock is waited for", async (t) => {
  const home = t.testdir();
  await toMbox(await postOf(home, 1), settings);
  const lock = `${boxOf(home)}.lock`;
  writeFileSync(lock, "");
  let isFree = false;
  // Whoever waits makes a file beside the lock at each look, which tells him the time.
  const watcher = watch(join(lock, ".."));
  t.teardown(() => watcher.close());
  const looked = new Promise<void>((resolve) => {
    watcher.on("change", (_, name) => {
      if (String(name).startsWith("2026-11.mbox.lock.")) resolve();
    });
  });
  const done = toMbox(await postOf(home, 2), settings).then(() => {
    t.ok(isFree);
  });
  await Promise.race([looked, done]);
  isFree = true;
  execFileSync("rm", [lock]);
  await done;
  t.notOk(existsSync(lock));
});

t.test(
  "strangers put nothing but their address between messages",
  async (t) => {
    const home = t.testdir();
    for (const [at, from] of ['"a b"@x.org', "ü@x.org", "none"].entries()) {
      const post = `From: ${from}\nMessage-ID: <${at}>\n\n`;
      await toMbox(await postOf(home, at + 1, post), settings);
    }
    const lines = readFileSync(boxOf(home), "utf8").match(/^From .*/gm);
    t.same(
      new Set(lines),
      new Set(["From MAILER-DAEMON Thu Nov 26 16:02:59 2026"]),
    );
  },
);

t.test("nothing is written for an entry that another runner has", async (t) => {
  const home = t.testdir();
  const post = await postOf(home, 1, text("a"), {
    mustHold() {
      throw new Error("another runner has taken it over");
    },
  });
  await t.rejects(toMbox(post, settings), /another runner/);
  t.equal(readFileSync(boxOf(home), "utf8"), "");
});
