// The examples of docs/hooks.md, each run by a real mill in a home of its own.
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import t from "tap";
import { letHooksRun } from "../hookUser.ts";

t.setTimeout(180_000);

const bin = resolve("bin/listmill");
const examples = resolve("docs/examples/hooks.d");
const list = "garden@lists.example.org";

const typed = (home: string, ...args: string[]) =>
  execFileSync(bin, ["--home", home, ...args], {
    encoding: "utf8",
    stdio: "pipe",
  });

/** What the homes of all tests begin with. */
const template = join(t.testdir(), "home");
typed(template, "init");
letHooksRun(template);
typed(template, "list", "create", list);
typed(template, "member", "add", list, "anna@example.org", "ben@example.net");

/** A home with the list, the examples that are named, and folders in place of an MTA. */
function homeWith(
  dir: string,
  hooks: readonly string[],
  ...settings: string[]
) {
  const home = join(dir, "home");
  cpSync(template, home, { recursive: true });
  const mill = (...args: string[]) => typed(home, ...args);
  const take = (hook: string) => {
    const file = join(home, "hooks.d", hook);
    mkdirSync(dirname(file), { recursive: true });
    copyFileSync(join(examples, hook), file);
    chmodSync(file, 0o755);
  };
  take("outbound/10-deliver/20-folders");
  symlinkSync(
    "/dev/null",
    join(home, "hooks.d/outbound/10-deliver/10-smtp.hook.ts"),
  );
  for (const hook of hooks) take(hook);
  if (settings.length > 0) mill("list", "set", list, ...settings);
  const mail = (address: string) => {
    const folder = join(home, "mail", address);
    return existsSync(folder)
      ? readdirSync(folder).map((name) =>
          readFileSync(join(folder, name), "utf8"),
        )
      : [];
  };
  const post = (message: string) => {
    const args = ["receive", "--sender", "anna@example.org", list];
    execFileSync(bin, ["--home", home, ...args], { input: message });
    mill("run", "--until-empty");
  };
  const folder = join(home, "lists", list);
  return { home, folder, mill, mail, post };
}

function letter(body: string, header = "", subject = "Seed potatoes"): string {
  return `From: Anna <anna@example.org>\nTo: ${list}\nSubject: ${subject}\n${header}\n${body}\n`;
}

function missing(program: string): string | false {
  return spawnSync(program, ["--version"]).status === 0
    ? false
    : `no ${program} here`;
}

t.test("deliver, sh: folders take the place of the MTA", async (t) => {
  const { mail, post } = homeWith(t.testdir(), []);
  post(letter("They are in the shed."));
  t.match(mail("anna@example.org")[0], /in the shed/);
  t.match(
    mail("ben@example.net")[0],
    /^List-Id: <garden\.lists\.example\.org>$/m,
  );
});

t.test(
  "approve, Python: a program as an attachment is rejected with a reason",
  { skip: missing("python3") },
  async (t) => {
    const { mail, post } = homeWith(t.testdir(), [
      "posts/10-approve/60-no-programs",
    ]);
    const file = (name: string) =>
      letter(
        `--x\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="${name}"\n\nMZ\n--x--`,
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n',
      );
    post(file("Party.EXE"));
    t.match(
      mail("anna@example.org")[0],
      /Programs are not passed on here: 'Party\.EXE'/,
    );
    t.same(mail("ben@example.net"), []);
    post(file("plan.pdf"));
    t.equal(mail("ben@example.net").length, 1, "other attachments pass");
  },
);

t.test(
  "approve, inline: a post to many at once is held until it is released",
  async (t) => {
    const { mail, mill, post } = homeWith(
      t.testdir(),
      ["posts/10-approve/70-crosspost.hook.ts"],
      "custom.crosspost=3",
    );
    post(letter("Buy!", "Cc: a@example.net, b@example.net, c@example.net\n"));
    t.same(mail("ben@example.net"), []);
    const [held] = JSON.parse(mill("--json", "queue", "held"));
    t.match(held.error, /It goes to 4 addresses at once, more than 3\./);
    mill("queue", "release", held.entry);
    mill("run", "--until-empty");
    t.equal(mail("ben@example.net").length, 1);
  },
);

t.test(
  "approve, Python, served: a post with a word of the list's own setting is held",
  { skip: missing("python3") },
  async (t) => {
    const { home, mail, mill, post } = homeWith(
      t.testdir(),
      ["posts/10-approve/80-words.serve.py"],
      "custom.words=casino lottery",
    );
    post(letter("Win in our Casino."));
    post(letter("They are in the shed."));
    t.equal(mail("ben@example.net").length, 1);
    const [held] = JSON.parse(mill("--json", "queue", "held"));
    t.match(held.error, /It says casino\.$/);
    const hooks = JSON.parse(mill("--json", "hooks", "posts"));
    const [hook] = hooks.filter((row: { hook: string }) =>
      row.hook.includes("80-words"),
    );
    t.equal(hook.how, "served");
    const file = join(home, "hooks.d/posts/10-approve/80-words.serve.py");
    const { status, stdout } = spawnSync(file, ["--once"], {
      input: letter("A lottery"),
      encoding: "utf8",
      env: {
        ...process.env,
        PYTHONPATH: resolve("lib"),
        LISTMILL_SETTING_CUSTOM_WORDS: "casino lottery",
      },
    });
    t.same([status, stdout], [80, "It says lottery.\n"], "by hand too");
  },
);

t.test("approve, inline: by hand it says the same, as a program", async (t) => {
  const { home } = homeWith(
    t.testdir(),
    ["posts/10-approve/70-crosspost.hook.ts"],
    "custom.crosspost=0",
  );
  const hook = join(home, "hooks.d/posts/10-approve/70-crosspost.hook.ts");
  const { status, stdout } = spawnSync(resolve("bin/listmill-hook"), [hook], {
    input: letter("Buy!"),
    encoding: "utf8",
    env: { ...process.env, LISTMILL_HOME: home, LISTMILL_LIST: list },
  });
  t.equal(status, 80);
  t.equal(stdout, "It goes to 1 addresses at once, more than 0.\n");
});

t.test(
  "edit, sh: the header gets what the list's own settings say",
  async (t) => {
    const url = "https://example.org/garden";
    const { mail, mill, post } = homeWith(t.testdir(), [
      "posts/20-edit/60-list-archive",
    ]);
    post(letter("One"));
    t.notMatch(mail("ben@example.net")[0], /^List-Archive/m);
    mill("list", "set", list, `custom.archive_url=${url}`);
    post(letter("Two"));
    const second = mail("ben@example.net").find((text) => text.includes("Two"));
    t.match(second, new RegExp(`^List-Archive: <${url}>$`, "m"));
  },
);

t.test("recipients, sh: helpers get the post, once", async (t) => {
  const { folder, mail, post } = homeWith(
    t.testdir(),
    ["posts/30-recipients/60-helpers"],
    "custom.helpers=helpers.csv",
  );
  writeFileSync(
    join(folder, "helpers.csv"),
    "Gate;Cleo;cleo@example.com\nCake;Ben;ben@example.net\n",
  );
  post(letter("Saturday at nine."));
  t.equal(mail("cleo@example.com").length, 1);
  t.equal(
    mail("ben@example.net").length,
    1,
    "a member who helps gets one copy",
  );
});

t.test(
  "recipients, sh: without its file the post waits, without the setting there are no helpers",
  async (t) => {
    const { mail, mill, post } = homeWith(
      t.testdir(),
      ["posts/30-recipients/60-helpers"],
      "custom.helpers=helpers.csv",
    );
    post(letter("One"));
    t.same(mail("ben@example.net"), []);
    const [waits] = JSON.parse(mill("--json", "queue", "posts"));
    t.match(waits.error, /60-helpers.*helpers\.csv/);
    mill("list", "set", list, "custom.helpers=");
    mill("queue", "retry", waits.entry);
    mill("run", "--until-empty");
    t.match(mail("ben@example.net"), [/One/]);
  },
);

t.test(
  "refine, Perl: who is away gets nothing until they are back",
  { skip: missing("perl") },
  async (t) => {
    const { folder, mail, mill, post } = homeWith(t.testdir(), [
      "posts/40-refine/30-away",
    ]);
    const away = join(folder, "away");
    writeFileSync(away, "Ben@example.net\n");
    post(letter("One"));
    t.same(
      [mail("anna@example.org").length, mail("ben@example.net").length],
      [1, 0],
    );
    rmSync(away);
    post(letter("Two"));
    t.same(
      [mail("anna@example.org").length, mail("ben@example.net").length],
      [2, 1],
    );
    for (const [make, why] of [
      [() => mkdirSync(away), /30-away.*away: Is a directory/],
      [() => symlinkSync("away", away), /30-away.*away: Too many levels/],
    ] as const) {
      make();
      post(letter("Three"));
      const [waits] = JSON.parse(mill("--json", "queue", "posts"));
      t.match(waits.error, why);
      t.equal(mail("anna@example.org").length, 2, "nobody is left out");
      mill("queue", "drop", waits.entry);
      rmSync(away, { recursive: true });
    }
  },
);

t.test(
  "a new stream: every post comes by emit to a queue of its own",
  async (t) => {
    const { home, post } = homeWith(t.testdir(), [
      "posts/50-emit/60-search",
      "search/10-consume/10-words",
    ]);
    post(letter("Schön: radishes."));
    const words = join(home, "archive", list, "words");
    const [name, ...others] = readdirSync(words);
    t.same(others, []);
    const found = readFileSync(join(words, String(name)), "utf8").split("\n");
    for (const word of ["potatoes", "radishes", "schön"])
      t.ok(found.includes(word), word);
  },
);
