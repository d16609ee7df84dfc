// A runner of root's: its hooks run under the account that is set, and under none where none is.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { lookUp } from "../../src/engine/account.ts";
import { bare } from "../environment.ts";

// Each command is a Node of its own.
t.setTimeout(180_000);

const bin = join(import.meta.dirname, "../../bin/listmill");
const list = "garden@lists.example.org";
const account = lookUp("nobody");
const reason =
  process.getuid?.() !== 0
    ? "only root can start programs under another account"
    : account
      ? false
      : "this host has no account nobody";
const { uid = 0, gid = 0 } = account ?? {};

/** A home of root's in a folder that others may enter, and nothing that belongs to the account. */
function makeHome(t: Test, settings: string) {
  const home = mkdtempSync("/tmp/listmill-hookuser-");
  chmodSync(home, 0o755);
  t.teardown(() => rmSync(home, { recursive: true, force: true }));
  const mill = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      bin,
      ["--home", home, ...args],
      { encoding: "utf8", input: "", env: bare },
    );
    return { status, stdout, stderr };
  };
  mill("init");
  writeFileSync(
    join(home, "listmill.toml"),
    `${settings}\n[outbound]\nsmtp = "smtp://127.0.0.1:9"\n`,
  );
  mill("list", "create", list, "policy=open");
  const hook = (path: string, text: string) => {
    const file = join(home, "hooks.d", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return file;
  };
  const post = () =>
    spawnSync(
      bin,
      ["--home", home, "receive", "--sender", "a@a.example", list],
      {
        input: "From: a@a.example\nSubject: a post\n\nHello\n",
        env: bare,
      },
    ).status;
  /** What is in the one entry of a queue, and where it is. */
  const entries = (queue: string) => {
    const folder = join(home, "spool", queue, "new");
    return readdirSync(folder).map((name) => join(folder, name));
  };
  return { home, mill, hook, post, entries };
}

/** A message of root's. */
function letter(t: Test): string {
  const file = join(t.testdir(), "letter");
  writeFileSync(file, "From: a@a.example\nSubject: tried\n\nHello\n", {
    mode: 0o600,
  });
  return file;
}

/** Everything that a pipeline can end in goes to queues that nothing runs. */
const queues = ["incoming", "posts"];

t.test(
  "hooks of every kind work under the account",
  { skip: reason },
  async (t) => {
    const { home, mill, hook, post, entries } = makeHome(
      t,
      '[hooks]\nhook_user = "nobody"',
    );
    const secret = join(home, "secret");
    writeFileSync(secret, "of root\n", { mode: 0o600 });
    hook(
      "posts/10-approve/50-who",
      `exec >&2
     echo "id $(id -u) $(id -g) $(id -G)"
     grep -q '^Subject: a post' "$LISTMILL_MESSAGE" && echo reads
     cat ${secret} 2>/dev/null && echo "reads a secret"
     (echo more >>"$LISTMILL_MESSAGE") 2>/dev/null && echo "writes the message"
     entry=$(dirname "$LISTMILL_MESSAGE")
     (: >"$entry/envelope.json") 2>/dev/null && echo "writes the envelope"
     (: >"$entry/new") 2>/dev/null && echo "writes into the entry"
     (: >"$entry/work/new") 2>/dev/null && echo "writes into its work"
     mv "$entry" /tmp/taken 2>/dev/null && echo "takes the entry"
     (: >"$LISTMILL_HOME/spool/posts/new/x") 2>/dev/null && echo "writes into a queue"
     echo looked`,
    );
    hook("posts/20-edit/50-mark", "sed '1s/^/X-Edited: yes\\n/'");
    hook("posts/20-edit/60-shown", `grep -q '^X-Edited' "$LISTMILL_MESSAGE"`);
    hook(
      "posts/30-recipients/50-some",
      "echo ann@a.example; echo ben@b.example",
    );
    hook(
      "posts/40-refine/95-less",
      `cmp -s - "$LISTMILL_RECIPIENTS" && grep -v ben "$LISTMILL_RECIPIENTS"`,
    );
    hook(
      "posts/50-emit/50-copy",
      `mkdir "$LISTMILL_EMIT/friend@f.example"
     cat >"$LISTMILL_EMIT/friend@f.example/1"`,
    );
    post();
    const { status, stderr } = mill("run", ...queues, "--until-empty");
    t.equal(status, 0, stderr);
    t.match(stderr, new RegExp(`50-who: id ${uid} ${gid} ${gid}\n`));
    t.match(stderr, /50-who: reads\n/);
    t.match(stderr, /50-who: looked\n/);
    t.notMatch(stderr, /50-who: (reads a|writes|takes)/);
    t.same(entries("failed"), []);
    const sent = entries("outbound");
    const recipients = sent.map((entry) =>
      readFileSync(join(entry, "recipients"), "utf8"),
    );
    t.same(recipients.sort(), ["ann@a.example\n", "friend@f.example\n"]);
    for (const entry of sent) {
      const file = join(entry, "message");
      t.match(readFileSync(file, "utf8"), /^X-Edited: yes\n/);
      t.equal(statSync(file).uid, 0, "what the hook wrote goes on as root's");
    }
  },
);

t.test(
  "a served hook, and one that is only tried, have the account too",
  { skip: reason },
  async (t) => {
    const { mill, hook, post, entries } = makeHome(
      t,
      '[hooks]\nhook_user = "nobody"',
    );
    hook(
      "posts/20-edit/50-mark.serve.sh",
      String.raw`part() { printf %s "$line" | sed 's/.*"'"$1"'":"\([^"]*\)".*/\1/'; }
       while IFS= read -r line; do
         { echo "X-Served: $(id -u)"; cat "$(part message)"; } >"$(part output)"
         printf '{"id":"%s","code":0,"output":true}\n' "$(part id)"
       done`,
    );
    hook("posts/30-recipients/50-some", "echo ann@a.example");
    post();
    const { stderr } = mill("run", ...queues, "--until-empty");
    const [sent = ""] = entries("outbound");
    t.not(sent, "", stderr);
    const file = join(sent, "message");
    t.match(readFileSync(file, "utf8"), new RegExp(`^X-Served: ${uid}\n`));
    t.equal(statSync(file).uid, 0);
    const tried = hook(
      "posts/10-approve/50-who",
      `id -u; grep -c '^Subject: tried' "$LISTMILL_MESSAGE"`,
    );
    const { stdout } = mill(
      ...["hooks", "try", tried, "--stage", "posts/10-approve"],
      ...["--list", list, "--message", letter(t)],
    );
    t.match(stdout, new RegExp(`^\\s*${uid}\n\\s*1$`, "m"));
  },
);

t.test(
  "what a hook leaves as a link is not followed",
  { skip: reason },
  async (t) => {
    const { home, mill, hook, post, entries } = makeHome(
      t,
      '[hooks]\nhook_user = "nobody"',
    );
    const secret = join(home, "secret");
    writeFileSync(secret, "Subject: of root\n\nsecret\n", { mode: 0o600 });
    const folder = '"$LISTMILL_EMIT/friend@f.example"';
    for (const [text, words] of [
      [`mkdir ${folder}; ln -s ${secret} ${folder}/1`, /no file of its own/],
      [`ln -s ${home} ${folder}`, /no file of its own/],
      [`mkdir ${folder}; mkfifo ${folder}/1`, /no file of its own/],
    ] as const) {
      hook("posts/50-emit/50-link", text);
      post();
      const { stderr } = mill("run", ...queues, "--until-empty");
      t.match(stderr, words, text);
      for (const entry of entries("posts")) rmSync(entry, { recursive: true });
    }
    t.same(entries("incoming"), []);
    t.equal(existsSync(join(home, "spool/outbound/new")), true);
    t.same(entries("outbound"), []);
  },
);

t.test(
  "mail that the account itself brought is out of its reach",
  { skip: reason },
  async (t) => {
    const { home, mill, hook } = makeHome(t, '[hooks]\nhook_user = "nobody"');
    hook(
      "incoming/10-approve/50-spoil",
      `(echo more >>"$LISTMILL_MESSAGE") 2>/dev/null && echo spoilt >&2
     cat "$LISTMILL_MESSAGE" >/dev/null && echo read >&2`,
    );
    for (const [n, owner] of [uid, 0].entries()) {
      const file = join(home, "spool/incoming/new", `1700000000.${n}.mta`);
      writeFileSync(
        file,
        `Return-Path: <a@a.example>\nDelivered-To: ${list}\nSubject: ${n}\n\nHello\n`,
        { mode: 0o600 },
      );
      chownSync(file, owner, owner);
    }
    const { stderr } = mill("run", "incoming", "--until-empty");
    t.equal([...stderr.matchAll(/50-spoil: read\n/g)].length, 2, stderr);
    t.notMatch(stderr, /spoilt|waits/);
  },
);

t.test(
  "without an account no program is started",
  { skip: reason },
  async (t) => {
    const { mill, hook, post, entries } = makeHome(t, "");
    const words =
      "hooks are not run as root: set hooks.hook_user in listmill.toml";
    t.notMatch(mill("check").stdout, words, "where there is no program");
    post();
    const inline = mill("run", ...queues, "--until-empty").stderr;
    t.match(inline, words, "the start says it");
    t.notMatch(inline, /waits/, "inline hooks run");
    hook("posts/10-approve/50-who", "echo ran >&2");
    t.match(mill("check").stdout, `warning: ${words}`);
    post();
    const { stderr } = mill("run", ...queues, "--until-empty");
    t.match(stderr, `min: posts/10-approve/50-who: ${words}`);
    t.notMatch(stderr, /ran/);
    t.equal(entries("posts").length, 1);
  },
);

t.test(
  "root runs hooks if that is what is set",
  { skip: reason },
  async (t) => {
    const { mill, hook, post } = makeHome(t, '[hooks]\nhook_user = "root"');
    hook("posts/10-approve/50-who", "id -u >&2");
    post();
    const { stderr } = mill("run", ...queues, "--until-empty");
    t.match(stderr, /50-who: 0\n/);
    t.notMatch(stderr, /not run as root/);
  },
);

t.test(
  "an account that cannot do the work is refused at the start",
  { skip: reason },
  async (t) => {
    const none = makeHome(t, '[hooks]\nhook_user = "no-such-user"');
    for (const verb of ["run", "check"]) {
      const { status, stdout, stderr } = none.mill(verb);
      t.equal(status, 78, verb);
      t.match(
        stdout + stderr,
        /hooks\.hook_user: this host has no account "no-such-user"/,
      );
    }
    const { home, mill } = makeHome(t, '[hooks]\nhook_user = "nobody"');
    const spool = join(home, "spool");
    chmodSync(spool, 0o700);
    const told = `hooks.hook_user: the account nobody may not enter ${spool}`;
    const { status, stderr } = mill("run", "--until-empty");
    t.equal(status, 78);
    t.match(stderr, told);
    const check = mill("check");
    t.equal(check.status, 78);
    t.match(check.stdout, `error: ${told}`);
    const mend = /so its hooks could read no message: (.*)/.exec(stderr)?.[1];
    t.equal(
      spawnSync("sh", ["-c", mend ?? "false"]).status,
      0,
      "what it says helps",
    );
    t.equal(mill("run", "--until-empty").status, 0);
  },
);

t.test(
  "hooks that somebody else owns are refused",
  { skip: reason },
  async (t) => {
    const { home, mill, hook, post, entries } = makeHome(
      t,
      '[hooks]\nhook_user = "nobody"',
    );
    const file = hook("posts/10-approve/50-who", "exit 0");
    chownSync(file, uid, gid);
    post();
    const { stderr } = mill("run", ...queues, "--until-empty");
    t.match(stderr, `${file}: refused, it belongs to user ${uid}`);
    t.equal(entries("posts").length, 1, "its mail waits");
    chownSync(file, 0, 0);
    const elsewhere = join(home, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "hook"), "#!/bin/sh\n", { mode: 0o755 });
    chownSync(elsewhere, uid, gid);
    rmSync(file);
    symlinkSync(join(elsewhere, "hook"), file);
    const check = mill("check");
    t.equal(check.status, 78);
    t.match(check.stdout, `${elsewhere}: refused, it belongs to user ${uid}`);
  },
);
