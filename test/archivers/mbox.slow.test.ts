// Several programs at one mailbox, and programs that are killed in the middle.
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import t from "tap";
import { list, text } from "./post.ts";

t.setTimeout(120_000);

const appender = join(import.meta.dirname, "appender.ts");
const boxOf = (home: string) =>
  join(home, "mbox", list.address, "2026-11.mbox");

/** The messages as Python reads them, unquoted. */
function messagesIn(path: string): string[] {
  const program = `
import mailbox, re, sys
box = mailbox.mbox(sys.argv[1], create=False)
for key in box.keys():
  print(re.sub(rb'(?m)^>(>*From )', rb'\\1', box.get_bytes(key)).hex())`;
  return execFileSync("python3", ["-c", program, path], {
    encoding: "latin1",
    maxBuffer: 2 ** 30,
  })
    .trim()
    .split("\n")
    .map((hex) => Buffer.from(hex, "hex").toString("latin1"));
}

const wanted = (numbers: number[], size: number) =>
  numbers
    .map((number) => text(`p${number}`, `From ${number}\n`.repeat(size / 8)))
    .sort();
const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1);

t.test("others who lock it as they are used to", async (t) => {
  const home = t.testdir();
  const run = promisify(execFile);
  const args = (first: number) => [
    appender,
    home,
    `${first}`,
    `${first + 9}`,
    "800",
  ];
  await run(process.execPath, [appender, home, "1", "1", "800"]);
  const python = `
import mailbox, sys
box = mailbox.mbox(sys.argv[1])
for n in range(10):
  while True:
    try:
      box.lock()
      break
    except mailbox.ExternalClashError:
      pass
  box.add(b'Subject: python\\n\\n' + b'x' * 5000 + b'\\n')
  box.flush()
  box.unlock()
box.close()`;
  await Promise.all([
    run(process.execPath, args(1)),
    run(process.execPath, args(6)),
    run("python3", ["-c", python, boxOf(home)]),
  ]);
  const found = messagesIn(boxOf(home)).sort();
  const theirs = found.filter((text) => text.startsWith("Subject: python"));
  t.equal(theirs.length, 10);
  t.same(
    found.filter((text) => !theirs.includes(text)),
    wanted(upTo(15), 800),
  );
});

t.test("killed at any moment, each message is there once", async (t) => {
  const home = t.testdir();
  const [last, size] = [12, 400_000];
  const args = [appender, home, "1", `${last}`, `${size}`];
  for (let round = 0; round < 8; round += 1) {
    const child = spawn(process.execPath, args, { stdio: "inherit" });
    const ended = once(child, "close");
    await sleep(250 + 40 * round);
    child.kill("SIGKILL");
    await ended;
  }
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  t.equal((await once(child, "close"))[0], 0);
  t.same(messagesIn(boxOf(home)).sort(), wanted(upTo(last), size));
  t.same(
    readdirSync(join(boxOf(home), "..")).filter((name) =>
      /lock|pending/.test(name),
    ),
    [],
  );
});
