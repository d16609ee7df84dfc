// Whatever goes wrong around the mill, it says so in a clear line, and no message is lost.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import t, { type Test } from "tap";
import check from "../../src/cli/check.ts";
import init from "../../src/cli/init.ts";
import member from "../../src/cli/member.ts";
import queue from "../../src/cli/queue.ts";
import run from "../../src/cli/run.ts";
import {
  feed,
  makeHome,
  news,
  runAll,
  start,
  until,
  verb,
  waiting,
} from "../cli/atHome.ts";
import { type CorpusSink, corpusSink } from "./corpusSink.ts";

t.setTimeout(120_000);

const HOUR = 60 * 60 * 1000;
const post = (subject: string) =>
  `From: anna@example.com\nSubject: ${subject}\nMessage-ID: <${subject}@example.com>\n\nText.\n`;

async function homeWithReader(
  t: Test,
  more: Parameters<typeof makeHome>[1] = {},
): Promise<{ home: string; sink: CorpusSink }> {
  const sink = await corpusSink(t);
  const home = await makeHome(t, {
    smtp: sink.url,
    ...more,
    list: { archive: false, ...more.list },
  });
  await verb(t, home, member, ["add", news, "reader@example.com"]);
  return { home, sink };
}

function subjects(sink: CorpusSink): string[] {
  return sink.mail
    .map(
      ({ bytes }) =>
        /^Subject: (.*)\r$/m.exec(bytes.toString("latin1"))?.[1] ?? "",
    )
    .sort();
}

/** Drops a hook. @param path below the home */
function drop(home: string, path: string, text: string, mode = 0o755): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const has = (lines: readonly string[], what: RegExp) =>
  lines.some((line) => what.test(line));

/** A small file system on a folder of its own, gone with the test; or why there is none. */
function mounted(t: Test, ...how: string[]): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), "listmill-"));
  try {
    execFileSync("mount", [...how, dir], { stdio: "ignore" });
  } catch {
    rmdirSync(dir);
    return undefined;
  }
  t.teardown(() => {
    execFileSync("umount", ["-l", dir]);
    rmdirSync(dir);
  });
  return dir;
}

/** Fills a file system to the last byte. @returns the file to remove */
function fill(dir: string): string {
  const file = join(dir, "ballast");
  const fd = openSync(file, "w");
  try {
    for (let size = 1 << 20; size >= 1; size >>= 1)
      try {
        for (;;) writeSync(fd, Buffer.alloc(size));
      } catch {}
  } finally {
    closeSync(fd);
  }
  return file;
}

t.test("a full disk", async (t) => {
  const disk = mounted(t, "-t", "tmpfs", "-o", "size=3m,mode=755", "tmpfs");
  if (!disk) return t.pass("", { skip: "no tmpfs can be mounted here" });
  const { home, sink } = await homeWithReader(t, { dir: disk });
  await feed(home, post("before"));
  const ballast = fill(disk);

  await t.rejects(feed(home, `${post("refused")}${"x\n".repeat(50_000)}`), {
    code: "ENOSPC",
  });
  await t.rejects(
    feed(home, post("refused"), {
      recipients: [news, news.replace("@", "-owner@")],
    }),
    { code: "ENOSPC" },
  );
  t.equal(waiting(home, "incoming").length, 1, "nothing was taken");
  t.same(readdirSync(join(home, "spool/incoming/tmp")), [], "nothing is left");

  // The runner's own folder is made while there is room.
  rmSync(ballast);
  const runner = await start(home);
  t.ok(await until(() => subjects(sink).length === 1), "one goes through");
  await feed(home, post("caught"));
  fill(disk);
  runner.stop();
  await runner.done;
  rmSync(ballast);
  await runAll(home, { after: HOUR });
  t.same(subjects(sink), ["before", "caught"], "nothing is lost or doubled");
});

t.test("a disk that fills up under the runner", async (t) => {
  const disk = mounted(t, "-t", "tmpfs", "-o", "size=4m,mode=755", "tmpfs");
  if (!disk) return t.pass("", { skip: "no tmpfs can be mounted here" });
  const { home, sink } = await homeWithReader(t, { dir: disk });
  // It fills the disk between the claim and the commit.
  drop(
    home,
    "hooks.d/incoming/15-approve/10-fill",
    `#!/bin/sh\n[ -e ${disk}/mended ] || cat /dev/zero >${disk}/ballast 2>/dev/null\nexit 0\n`,
  );
  for (const subject of ["one", "two", "three"])
    await feed(home, post(subject));
  const lines = await runAll(home);
  t.ok(has(lines, /waits .*ENOSPC/), "it says what is wrong");
  t.same(subjects(sink), []);
  const queued = ["incoming", "posts", "outbound"].flatMap((queue) =>
    waiting(home, queue),
  );
  t.equal(queued.length, 3, "all wait, none is stuck or failed");
  writeFileSync(join(disk, "mended"), "");
  rmSync(join(disk, "ballast"));
  await runAll(home, { after: 24 * HOUR });
  t.same(subjects(sink), ["one", "three", "two"]);
});

t.test("hooks that misbehave delay the message and lose nothing", async (t) => {
  const { home, sink } = await homeWithReader(t, {
    settings: '[hooks]\ntimeout = "1s"\noutput = "100KB"\n',
  });
  const hooks: Record<string, [text: string, told: RegExp | undefined]> = {
    hangs: ["#!/bin/sh\nsleep 600\n", /ended after 1 s, the time limit/],
    prints: ["#!/bin/sh\nyes\n", /printed more than 102400 bytes/],
    "exits-3": ["#!/bin/sh\necho no idea\nexit 3\n", /exit code 3: no idea/],
    crlf: ["#!/bin/sh\r\nexit 0\r\n", /its first line ends in CRLF/],
    interpreter: ["#!/no/such/interpreter\n", /could not be started/],
    "kills-itself": ["#!/bin/sh\nkill -9 $$\n", /waits/],
    "no-message": ["#!/bin/sh\necho\n", /what it printed is no message/],
    "forks-and-leaves": [
      "#!/bin/sh\n(sleep 600; echo late) &\nexit 0\n",
      undefined,
    ],
  };
  for (const [name, [text, told]] of Object.entries(hooks)) {
    const file = drop(home, `hooks.d/posts/20-edit/90-${name}`, text);
    await feed(home, post(name));
    const lines = await runAll(home);
    if (told) {
      t.ok(has(lines, told), `${name}: ${lines.at(-2)}`);
      t.equal(waiting(home, "posts").length, 1, `${name}: it waits`);
    }
    rmSync(file);
    await runAll(home, { after: HOUR });
    t.match(subjects(sink), [name], `${name}: it goes on without the hook`);
    sink.mail.length = 0;
  }
});

t.test("what is no usable hook is passed over or refused", async (t) => {
  const { home, sink } = await homeWithReader(t);
  const dir = "hooks.d/posts/20-edit";
  mkdirSync(join(home, dir, "91-folder"), { recursive: true });
  drop(home, `${dir}/92-not-executable`, "#!/bin/sh\nexit 77\n", 0o644);
  drop(home, `${dir}/93-saved~`, "#!/bin/sh\nexit 77\n");
  await feed(home, post("passes"));
  await runAll(home);
  t.same(subjects(sink), ["passes"]);
  const { out } = await verb(t, home, check, []);
  t.match(out, /91-folder: ignored|91-folder: a folder/);

  const open = drop(home, `${dir}/94-open`, "#!/bin/sh\nexit 0\n", 0o777);
  await feed(home, post("waits"));
  const lines = await runAll(home);
  t.ok(has(lines, /94-open: refused, others can write to it/));
  t.same(subjects(sink), ["passes"]);
  chmodSync(open, 0o755);
  await runAll(home, { after: HOUR });
  t.same(subjects(sink), ["passes", "waits"]);
});

t.test("a queue without hooks swallows nothing", async (t) => {
  const { home } = await homeWithReader(t);
  const eat = (layer: string) =>
    drop(
      home,
      `${layer}/search/10-consume/10-eat`,
      '#!/bin/sh\ncat >>"$LISTMILL_HOME/eaten"\n',
    );
  drop(home, "hooks.d/posts/15-route/10-aside", "#!/bin/sh\necho search\n");
  eat("lists/@other.org/hooks.d");
  await feed(home, post("aside"));
  const lines = await runAll(home);
  t.ok(has(lines, /waits .*hooks\.d\/search has no hooks for it/));
  t.equal(waiting(home, "search").length, 1);
  eat("hooks.d");
  await runAll(home, { after: HOUR });
  t.same(waiting(home, "search"), []);
  t.match(readFileSync(join(home, "eaten"), "utf8"), /^Subject: aside$/m);
});

t.test("hooks dropped in while the mill runs count at once", async (t) => {
  const { home, sink } = await homeWithReader(t);
  const runner = await start(home);
  t.teardown(() => runner.stop());
  let count = 0;
  const sent = async (): Promise<string> => {
    count += 1;
    const subject = `n${count}`;
    await feed(home, post(subject));
    const find = () =>
      sink.mail.find(({ bytes }) => bytes.includes(`Subject: ${subject}\r\n`));
    if (!(await until(() => find() !== undefined)))
      return `${subject} did not arrive: ${runner.lines.slice(-5).join("\n")}`;
    return [...(find()?.bytes.toString() ?? "").matchAll(/^X-By: (.*)\r$/gm)]
      .map(([, by]) => by)
      .join(" ");
  };
  const says = (who: string) => `#!/bin/sh\necho "X-By: ${who}"\nexec cat\n`;
  const name = "posts/20-edit/50-mine";
  t.equal(await sent(), "", "no hook");
  const site = drop(home, `hooks.d/${name}`, says("site"));
  t.equal(await sent(), "site");
  const domain = drop(
    home,
    `lists/@lists.example.org/hooks.d/${name}`,
    says("domain"),
  );
  t.equal(await sent(), "domain", "the domain's replaces the site's");
  const list = drop(home, `lists/${news}/hooks.d/${name}`, says("list"));
  t.equal(await sent(), "list", "the list's replaces the domain's");
  writeFileSync(list, says("changed"));
  t.equal(await sent(), "changed");
  rmSync(list);
  symlinkSync("/dev/null", list);
  t.equal(await sent(), "", "a link to /dev/null removes it");
  rmSync(list);
  t.equal(await sent(), "domain");
  rmSync(domain);
  t.equal(await sent(), "site");
  drop(home, `lists/${news}/hooks.d/posts/20-edit/60-more`, says("more"));
  t.equal(await sent(), "more site", "hooks of several layers run in order");
  rmSync(site);
  t.equal(await sent(), "more");
  const inline = "posts/20-edit/70-inline.hook.mjs";
  const inlineSays = (who: string) =>
    `export default ({ message }) => message.with({ header: message.header.add("X-By", "${who}") });\n`;
  drop(home, `hooks.d/${inline}`, inlineSays("inline"));
  t.equal(await sent(), "more inline");
  drop(home, `hooks.d/${inline}`, inlineSays("anew"));
  t.equal(await sent(), "more anew", "a changed module is loaded anew");
  runner.stop();
  await runner.done;
});

t.test("messages of unusual size and content", async (t) => {
  const { home, sink } = await homeWithReader(t, {
    settings: '[limits]\nmessage = "60MB"\n',
    list: { archive: false, message_limit: "1MB" },
  });
  const front = join(home, "spool/incoming/new");
  const trace = `Return-Path: <anna@example.net>\nDelivered-To: ${news}\n`;
  writeFileSync(join(front, "empty"), "");
  writeFileSync(join(front, "nul"), `${trace}Subject: nul\n\na\0b\n`);
  writeFileSync(join(front, "bodyless"), `${trace}Subject: bodyless\n`);
  writeFileSync(
    join(front, "long"),
    `${trace}Subject: long\nX-Long: ${"x".repeat(1 << 20)}\n\nText.\n`,
  );
  writeFileSync(
    join(front, "large"),
    `${trace}Subject: large\n\n${"x".repeat(2 << 20)}\n`,
  );
  writeFileSync(join(front, "nobodys"), "Subject: nobodys\n\nText.\n");
  const lines = await runAll(home);
  t.ok(
    has(
      lines,
      /rejected .*part of the message that stands above its text is too large/,
    ),
  );
  t.ok(has(lines, /rejected .*takes at most 1(\.0)? MB/));
  t.ok(has(lines, /failed: it has no header field/), "0 bytes are no message");
  t.ok(has(lines, /held .*nothing says whom it is for/));
  t.equal(waiting(home, "failed").length, 1);
  t.equal(waiting(home, "held").length, 1);
  const posts = sink.mail.filter(({ sender }) => sender !== "");
  t.same(subjects({ ...sink, mail: posts }), ["bodyless", "nul"]);
  t.ok(
    posts.some(({ bytes }) => bytes.includes("\r\na\0b\r\n")),
    "NUL bytes pass",
  );
  const told = sink.mail.filter(({ sender }) => sender === "");
  t.same(
    told.map(({ recipients }) => recipients.join()),
    ["anna@example.net", "anna@example.net"],
    "who sent what was too large is told",
  );
  t.ok(told.every(({ bytes }) => bytes.length < 100_000));
});

t.test("broken settings: mail waits, and goes on once mended", async (t) => {
  const { home, sink } = await homeWithReader(t);
  const file = join(home, "lists", news, "list.toml");
  const good = readFileSync(file, "utf8");
  await feed(home, post("piped"));
  writeFileSync(
    join(home, "spool/incoming/new/delivered"),
    `Return-Path: <a@example.net>\nDelivered-To: ${news}\n${post("delivered")}`,
  );
  writeFileSync(file, good.replace('policy = "open"', 'policy = "nobody"'));
  const lines = await runAll(home);
  t.ok(has(lines, /waits .*list\.toml:\d+: /), "the line is named");
  t.equal(waiting(home, "incoming").length, 2);
  const { out } = await verb(t, home, queue, []);
  t.match(out, /list\.toml:\d+/, "and shown");
  await t.rejects(feed(home, post("refused")), {
    message: /list\.toml:\d+: /,
  });
  writeFileSync(file, good);
  await runAll(home, { after: HOUR });
  t.same(subjects(sink), ["delivered", "piped"]);

  writeFileSync(join(home, "listmill.toml"), "[outbound]\nrate = fast\n");
  const said = await verb(t, home, run, ["--until-empty"]);
  t.equal(said.code, 78);
  t.match(said.err, /listmill\.toml:2: /);
});

t.test("a list that is gone: its mail waits for it", async (t) => {
  const { home, sink } = await homeWithReader(t);
  await feed(home, post("waits"));
  const from = join(home, "lists", news);
  execFileSync("mv", [from, join(home, "aside")]);
  const lines = await runAll(home);
  t.ok(has(lines, /the list news@lists\.example\.org is gone: make it again/));
  execFileSync("mv", [join(home, "aside"), from]);
  await runAll(home, { after: HOUR });
  t.same(subjects(sink), ["waits"]);
});

t.test("damaged entries and strangers' files are kept", async (t) => {
  const { home, sink } = await homeWithReader(t);
  await feed(home, post("torn"));
  await feed(home, post("typed"));
  await feed(home, post("bare"));
  await feed(home, post("empty-handed"));
  const [torn = "", typed = "", bare = "", handless = ""] = waiting(
    home,
    "incoming",
  );
  const broken = '{ "sender": "anna@exam';
  writeFileSync(join(torn, "envelope.json"), broken);
  const odd = JSON.stringify({
    ...JSON.parse(readFileSync(join(typed, "envelope.json"), "utf8")),
    received: 5,
    history: "none",
  });
  writeFileSync(join(typed, "envelope.json"), odd);
  rmSync(join(bare, "envelope.json"));
  const moved = join(home, "spool/posts/new", basename(bare));
  execFileSync("mv", [bare, moved]);
  rmSync(join(handless, "message"));
  const strange = join(home, "spool/posts/new/notes.txt");
  writeFileSync(strange, "do not touch");
  mkdirSync(join(home, "spool/incoming/new/folder"));
  const file = join(
    home,
    "spool/posts/new/1700000000.0.000000000-000000000000",
  );
  writeFileSync(file, "a file where a folder should be");

  const { out: before, code } = await verb(t, home, queue, []);
  t.equal(code, 0);
  t.match(before, basename(torn).split(".")[2], "damaged ones are listed");
  const lines = await runAll(home);
  t.ok(has(lines, /failed: envelope\.json: .*JSON/));
  t.ok(has(lines, /failed: envelope\.json: received is missing or not as/));
  t.ok(has(lines, /failed: there is no envelope\.json in the entry/));
  t.ok(has(lines, /failed: there is no message in the entry/));
  t.same(subjects(sink), []);
  const failed = waiting(home, "failed");
  t.equal(failed.length, 4);
  t.ok(
    failed.some(
      (path) =>
        statSync(join(path, "envelope.broken"), { throwIfNoEntry: false }) &&
        readFileSync(join(path, "envelope.broken"), "utf8") === broken,
    ),
    "the broken envelope is kept",
  );
  t.ok(
    failed.some((path) =>
      readFileSync(join(path, "envelope.json"), "utf8").includes(
        '"recipient": "news@lists.example.org"',
      ),
    ),
    "an envelope without a message is kept",
  );
  t.equal(readFileSync(strange, "utf8"), "do not touch");
  const { out } = await verb(t, home, check, []);
  t.match(out, /notes\.txt: not an entry of the spool/);
  t.match(out, /incoming\/new\/folder: not an entry of the spool/);
  const left = execFileSync(
    "grep",
    ["-rl", "where a folder", join(home, "spool")],
    { encoding: "utf8" },
  );
  t.not(left, "", "the file is still there");

  const id = (path: string) => basename(path).split(".")[2] ?? "";
  const release = await verb(t, home, queue, ["release", id(torn)]);
  t.equal(release.code, 65);
  t.match(release.err, /has lost its envelope: write sender, recipient/);
});

t.test(
  "a file system without hard links is refused with the reason",
  async (t) => {
    const image = join(t.testdir(), "image");
    let dir: string | undefined;
    try {
      execFileSync("truncate", ["-s", "4m", image]);
      execFileSync("mkfs.vfat", [image], { stdio: "ignore" });
      dir = mounted(t, "-t", "vfat", "-o", "loop", image);
    } catch {}
    if (!dir) return t.pass("", { skip: "no vfat can be mounted here" });
    const made = await verb(t, dir, init, [dir]);
    t.equal(made.code, 78);
    t.match(made.err, /no hard links.*put the spool on a local file system/);
    const ran = await verb(t, dir, run, ["--until-empty"]);
    t.equal(ran.code, 78);
    t.match(ran.err, /no hard links/);
    const checked = await verb(t, dir, check, []);
    t.equal(checked.code, 78);
    t.match(checked.out, /error: .*no hard links/);
  },
);
