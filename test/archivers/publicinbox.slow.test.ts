import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { toPublicInbox } from "../../src/archivers/publicinbox.ts";
import { list, postOf, text } from "./post.ts";

const settings = {
  folder: "pi",
  index: false,
  index_program: "/usr/bin/public-inbox-index",
  epoch: 2 ** 30,
  timeout: 60_000,
};
const lacks = (program: string) =>
  existsSync(program) ? false : `no ${program}`;
const skip = lacks("/usr/bin/git") || lacks("/usr/bin/perl");
const inboxOf = (home: string) => join(home, "pi", list.address);
const git = (home: string, epoch: number, ...args: string[]) =>
  execFileSync(
    "git",
    [`--git-dir=${inboxOf(home)}/git/${epoch}.git`, ...args],
    { encoding: "latin1" },
  );

t.test(
  "a commit a message, as public-inbox makes them",
  { skip },
  async (t) => {
    const home = t.testdir();
    const body = "8bit \xe4\xff\0\r\nFrom x\n";
    const first = `Delivered-To: x\nLines: 1\nApproved: secret\n${text("a", body)}`;
    t.match(
      await toPublicInbox(
        await postOf(home, 1, Buffer.from(first, "latin1")),
        settings,
      ),
      {
        what: "in epoch 0",
      },
    );
    await toPublicInbox(await postOf(home, 2, text("b")), settings);
    t.equal(git(home, 0, "cat-file", "blob", "HEAD~1:m"), text("a", body));
    t.equal(git(home, 0, "cat-file", "blob", "HEAD:m"), text("b"));
    t.equal(git(home, 0, "ls-tree", "--name-only", "HEAD"), "m\n");
    t.equal(
      git(home, 0, "log", "--format=%an|%ae|%ad|%cn|%ce|%cd|%s", "--date=raw"),
      [
        "Anna|anna@example.org|1784534400 +0200|dev|dev@lists.example.org|1795708979 +0000|post b",
        "Anna|anna@example.org|1784534400 +0200|dev|dev@lists.example.org|1795708979 +0000|post a",
        "",
      ].join("\n"),
    );
    t.equal(git(home, 0, "fsck", "--strict"), "");
  },
);

t.test(
  "each post once, by its number and by its Message-ID",
  { skip },
  async (t) => {
    const home = t.testdir();
    const post = await postOf(home, 1, text("a"));
    await toPublicInbox(post, settings);
    t.match(await toPublicInbox(post, settings), { what: "was there" });
    t.match(await toPublicInbox(await postOf(home, 2, text("a")), settings), {
      what: /Message-ID/,
    });
    t.equal(git(home, 0, "rev-list", "--count", "HEAD"), "1\n");
  },
);

t.test(
  "what strangers write cannot end a line of the commit",
  { skip },
  async (t) => {
    const home = t.testdir();
    const evil = [
      "Date: Mon, 20 Jul 2026 10:00:00 +1430\nSubject: far east\n\n",
      'From: "x <a@b> 0 +0000\\" <mallory@x.org>\nSubject: =?utf-8?q?a=0Adone=0A=00b?=\nDate: Mon, 1 Jan 1900 00:00:00 +9999\n\n',
      "From: =?utf-8?q?=0Acommitter_x?= <\nSubject:\n\n",
      "X: none\n\ndone\n",
    ];
    for (const [at, one] of evil.entries())
      await toPublicInbox(await postOf(home, at + 1, one), settings);
    t.equal(git(home, 0, "rev-list", "--count", "HEAD"), "4\n");
    t.equal(
      git(home, 0, "log", "-1", "--format=%ad", "--date=raw", "HEAD~3"),
      "1784489400 +0000\n",
    );
    t.equal(git(home, 0, "log", "-1", "--format=%s|%ae"), "(no subject)|\n");
    t.match(
      git(home, 0, "cat-file", "blob", "HEAD:m"),
      "\nMessage-ID: <4.dev@lists.example.org>\n\ndone\n",
    );
  },
);

t.test(
  "an inbox whose founder died over its settings gets its address",
  { skip },
  async (t) => {
    const home = t.testdir({ pi: {} });
    const config = join(home, "pi/config");
    const name = "publicinbox.dev.lists.example.org";
    const set = (key: string, value: string) =>
      execFileSync("git", ["config", "--file", config, key, value]);
    set(`${name}.inboxdir`, inboxOf(home));
    await toPublicInbox(await postOf(home, 1), settings);
    t.match(readFileSync(config, "utf8"), `address = ${list.address}\n`);

    const other = t.testdir({ pi: {} });
    writeFileSync(config, "");
    set(`${name}.inboxdir`, "/somebody/else");
    await toPublicInbox(await postOf(other, 1), settings);
    t.notMatch(readFileSync(config, "utf8"), "address", "not ours");
  },
);

t.test("a large repository is followed by another", { skip }, async (t) => {
  const home = t.testdir();
  await toPublicInbox(await postOf(home, 1), settings);
  git(home, 0, "gc", "-q");
  await toPublicInbox(await postOf(home, 2), { ...settings, epoch: 1 });
  t.equal(git(home, 1, "rev-list", "--count", "HEAD"), "1\n");
  t.equal(
    readFileSync(
      join(inboxOf(home), "all.git/objects/info/alternates"),
      "utf8",
    ),
    "../../git/1.git/objects\n../../git/0.git/objects\n",
  );
});

t.test(
  "a repository that a crash has left half made is completed",
  { skip },
  async (t) => {
    const crashes: Record<string, (home: string) => void> = {
      "before HEAD": (home) =>
        mkdirSync(`${inboxOf(home)}/git/1.git/objects/info`, {
          recursive: true,
        }),
      "before HEAD was written": (home) => {
        mkdirSync(`${inboxOf(home)}/git/1.git`);
        writeFileSync(`${inboxOf(home)}/git/1.git/HEAD`, "");
      },
      "before all.git knew of it": (home) => {
        execFileSync("git", [
          ...["init", "-q", "--bare", "-b", "master"],
          `${inboxOf(home)}/git/1.git`,
        ]);
      },
    };
    for (const [when, crash] of Object.entries(crashes)) {
      const home = t.testdir();
      await toPublicInbox(await postOf(home, 1), settings);
      crash(home);
      await toPublicInbox(await postOf(home, 2), settings);
      t.equal(git(home, 1, "log", "--format=%s"), "post p2\n", when);
      const blob = git(home, 1, "rev-parse", "HEAD:m").trim();
      const all = `--git-dir=${inboxOf(home)}/all.git`;
      t.equal(
        execFileSync("git", [all, "cat-file", "blob", blob], {
          encoding: "utf8",
        }),
        text("p2"),
        when,
      );
    }
  },
);

t.test(
  "an inbox of public-inbox-init's gets posts, and is indexed",
  { skip: skip || lacks("/usr/bin/public-inbox-init") },
  async (t) => {
    const home = t.testdir();
    const args = [
      "-V2",
      "dev",
      inboxOf(home),
      "http://x.test/dev",
      list.address,
    ];
    spawnSync("public-inbox-init", args, {
      env: {
        PATH: "/usr/bin:/bin",
        HOME: home,
        PI_CONFIG: join(home, "pi", "config"),
      },
    });
    await toPublicInbox(await postOf(home, 1), { ...settings, index: true });
    const said = execFileSync(
      "perl",
      [
        "-MDBI",
        "-e",
        'print DBI->connect("dbi:SQLite:dbname=$ARGV[0]","","")->selectrow_array("select mid from msgmap")',
        join(inboxOf(home), "msgmap.sqlite3"),
      ],
      { encoding: "utf8" },
    );
    t.equal(said, "p1@home.example");
  },
);

t.test(
  "public-inbox's own programs may write between",
  { skip: skip || lacks("/usr/bin/public-inbox-learn") },
  async (t) => {
    const home = t.testdir();
    const learn = (what: string, message: string) =>
      spawnSync("public-inbox-learn", [what], {
        input: message,
        env: {
          PATH: "/usr/bin:/bin",
          HOME: home,
          PI_CONFIG: join(home, "pi", "config"),
        },
      });
    const put = async (number: number) =>
      toPublicInbox(await postOf(home, number, text(`p${number}`)), {
        ...settings,
        index: true,
      });
    await put(1);
    learn("ham", text("theirs"));
    await put(2);
    learn("rm", text("p1"));
    await put(3);
    t.match(
      await put(1),
      { what: "was there" },
      "what was taken out stays out",
    );
    t.equal(
      git(home, 0, "log", "--reverse", "--format=%s"),
      "post p1\npost theirs\npost p2\nrm\npost p3\n",
    );
    t.equal(git(home, 0, "ls-tree", "--name-only", "HEAD"), "m\n");
  },
);
