// hooks try: one hook as the mill would ask it, and nothing left behind.
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { news } from "../atHome.ts";
import { leftBehind, TrialHome } from "./home.ts";

t.test("each verdict is shown, and is the exit code", async (t) => {
  const home = await TrialHome.make(t);
  for (const [code, verdict] of [
    [0, "pass"],
    [75, "later: why"],
    [77, "reject: why"],
    [80, "hold: why"],
    [81, "discard: why"],
    [99, "skip"],
  ] as const) {
    home.hook("posts/10-approve/50-a", `echo why; exit ${code}`);
    const said = await home.try(["posts/10-approve/50-a"]);
    t.equal(said.code, code);
    t.match(said.out, `\n${verdict}  (${code}: `);
    t.match(said.out, "stdout:\n    why\n");
  }
  home.hook("posts/10-approve/50-a", "exit 3");
  t.match(await home.try(["posts/10-approve/50-a"]), {
    code: 75,
    out: /\nlater: exit code 3 {2}\(75: the message would wait/,
  });
});

t.test("an edit is shown as what it changed", async (t) => {
  const home = await TrialHome.make(t, { subject_prefix: "[news]" });
  const inline = await home.try(["posts/20-edit/20-subject"]);
  t.match(inline, {
    code: 0,
    out: "    -Subject: Hello\n    +Subject: [news] Hello\n",
  });
  t.notMatch(inline.out, "To:");
  home.hook("posts/20-edit/50-a", "sed 's/^First/Last/'; echo done >&2");
  const { out } = await home.try(["posts/20-edit/50-a"]);
  t.match(out, "    body:\n    -First line\n    +Last line\n");
  t.match(out, "stderr:\n    done\n");
  const json = await home.try(["posts/20-edit/50-a"], true);
  t.match(JSON.parse(json.out), {
    hook: "posts/20-edit/50-a",
    layer: "site",
    how: "forked",
    verdict: "pass",
    code: 0,
    changes: {
      header: [],
      body: [
        { kind: "-", line: "First line" },
        { kind: "+", line: "Last line" },
      ],
    },
    stderr: "done\n",
  });
});

t.test("a hook that prints no message is told so", async (t) => {
  const home = await TrialHome.make(t);
  home.hook("posts/20-edit/50-a", "echo rubbish");
  t.match(await home.try(["posts/20-edit/50-a"]), {
    code: 75,
    out: /later: what it printed is no message/,
  });
});

t.test("addresses are counted, the first shown", async (t) => {
  const home = await TrialHome.make(t);
  home.hook("posts/30-recipients/50-a", "seq -f 'u%g@x.org' 25");
  t.match(await home.try(["posts/30-recipients/50-a"]), {
    code: 0,
    out: /gives 25 addresses: u1@x\.org u2@x\.org .* u10@x\.org …\n/,
  });
  const list = home.file("addresses", "a@x.org\na@x.org\nb@x.org\n");
  t.match(await home.try(["posts/40-refine/10-dedupe", "--recipients", list]), {
    code: 0,
    out: /3 addresses, 2 after it: /,
  });
  t.match(await home.try(["posts/40-refine/10-dedupe"]), {
    code: 64,
    err: /refine is asked about addresses: give a file of them, .*--recipients/,
  });
  t.match(
    await home.try(["posts/40-refine/10-dedupe", "--recipients", "nowhere"]),
    { code: 66 },
  );
});

t.test("what would be emitted is told and goes nowhere", async (t) => {
  const home = await TrialHome.make(t);
  home.hook(
    "posts/50-emit/50-a",
    'mkdir "$LISTMILL_EMIT/copy@x.org" && cat >"$LISTMILL_EMIT/copy@x.org/1999999999.a"',
  );
  const before = home.contents();
  t.match(await home.try(["posts/50-emit/50-a"]), {
    code: 0,
    out: /emits \d+ bytes to copy@x\.org, not before 2033-05-18T03:33:19\n/,
  });
  t.same(home.contents(), before);
});

t.test("hooks are told that it is a trial, and of the envelope", async (t) => {
  const home = await TrialHome.make(t);
  home.hook(
    "posts/10-approve/50-a",
    'echo "$LISTMILL_TRIAL $LISTMILL_SENDER $LISTMILL_RECIPIENT $LISTMILL_LIST $LISTMILL_EXTENSION"; exit 80',
  );
  t.match(await home.try(["posts/10-approve/50-a"]), {
    out: `hold: 1 anna@example.com ${news} ${news} `,
  });
  const given = [
    "--sender",
    "b@x.org",
    "--recipient",
    `news-owner@${news.split("@")[1]}`,
  ];
  t.match(await home.try(["posts/10-approve/50-a", ...given]), {
    out: new RegExp(`hold: 1 b@x\\.org ${given[3]} ${news} owner`),
  });
});

t.test("what acts on the world is run only with --really", async (t) => {
  const home = await TrialHome.make(t);
  home.hook(
    "q/10-consume/50-a",
    'touch "$LISTMILL_HOME/acted"; echo "$LISTMILL_TRIAL"',
  );
  const acted = join(home.home, "acted");
  t.match(await home.try(["q/10-consume/50-a"]), {
    code: 64,
    err: /a hook that consumes does something to the world, .* add --really/,
  });
  t.notOk(existsSync(acted));
  const said = await home.try(["q/10-consume/50-a", "--really"], true);
  t.equal(said.code, 0);
  t.equal(JSON.parse(said.out).stdout, "\n", "no trial");
  t.ok(existsSync(acted));
  home.hook(
    "q/20-deliver/50-a",
    `while read -r a; do printf '%s\\tsent\\t250 ok\\n' "$a"; done <"$LISTMILL_RECIPIENTS"`,
  );
  const list = home.file("addresses", "a@x.org\n");
  t.match(
    await home.try(["q/20-deliver/50-a", "--really", "--recipients", list]),
    { code: 0, out: "    a@x.org sent 250 ok\n" },
  );
});

t.test("a file that lies in no home yet", async (t) => {
  const home = await TrialHome.make(t);
  const file = home.file("desk/mine", '#!/bin/sh\necho "$0"; exit 80\n');
  t.match(await home.try([file, "--stage", "posts/10-approve"]), {
    code: 78,
    err: /mine: not executable \(chmod \+x\)/,
  });
  chmodSync(file, 0o755);
  t.match(await home.try([file, "--stage", "posts/10-approve"]), {
    code: 80,
    out: `hold: ${file}  `,
  });
  t.match(await home.try([file]), {
    code: 64,
    err: /which stage\? Give --stage/,
  });
  t.match(await home.try([file, "--stage", "posts/10-aprove"]), {
    code: 78,
    err: /a stage is called NN-verb/,
  });
  home.file("desk/lib.mjs", "export const word = 'held';\n");
  const inline = home.file(
    "desk/a.hook.mjs",
    "import { word } from './lib.mjs';\nexport default (ask) => ask.hold(word);\n",
    0o755,
  );
  t.match(await home.try([inline, "--stage", "posts/10-approve"]), {
    code: 80,
    out: /inline\) .*\nhold: held/,
  });
  chmodSync(file, 0o777);
  t.match(await home.try([file, "--stage", "posts/10-approve"]), {
    code: 78,
    err: /refused, others can write to it/,
  });
});

t.test("a hook in a folder that is refused", async (t) => {
  const home = await TrialHome.make(t);
  const name = "posts/10-approve/60-mine";
  chmodSync(dirname(home.hook(name, "exit 0")), 0o777);
  t.match(await home.try([name]), {
    code: 78,
    err: /60-mine is not among the hooks that may run: .*10-approve: refused, others can write to it/,
  });
});

t.test("what is no hook", async (t) => {
  const home = await TrialHome.make(t);
  const cases: [string[], number, RegExp][] = [
    [["try"], 64, /hooks try takes one hook/],
    [
      ["try", "posts/20-edit/99-x", "--list", news, "--message", "/dev/null"],
      66,
      /there is no hook posts\/20-edit\/99-x; see: listmill hooks posts/,
    ],
    [
      ["try", "x", "--list", news, "--message", "/dev/null"],
      66,
      /x is no hook; they are called/,
    ],
    [
      ["try", "posts/20-edit/20-subject", "--message", "/dev/null"],
      64,
      /which list\?/,
    ],
    [
      [
        "try",
        "posts/20-edit/20-subject",
        "--list",
        news,
        "--message",
        "/nowhere",
      ],
      66,
      /there is no such message/,
    ],
    [
      [
        "try",
        "posts/20-edit/20-subject",
        "--list",
        news,
        "--message",
        "/dev/null",
      ],
      65,
      /no message/,
    ],
    [
      ["try", "posts/20-edit/20-subject", "--list", "gone@x.org"],
      67,
      /there is no list/,
    ],
  ];
  for (const [args, code, err] of cases)
    t.match(await home.hooks(args), { code, err }, args.join(" "));
});

t.test(
  "what could not be tried ends with the code of no verdict",
  async (t) => {
    const home = await TrialHome.make(t);
    home.hook("posts/10-approve/50-a", "exit 75");
    home.file(
      "lists/@corp.example.org/list.toml",
      '[sql]\nurl = "sqlite:nowhere.db"\nquery = "SELECT mail FROM people"\n',
    );
    const group = ["--recipient", "sales@corp.example.org"];
    const tried = await home.try(["posts/10-approve/50-a", ...group]);
    t.match(tried, { code: 69, out: "", err: /nowhere\.db/ });
    t.match(await home.trace(group), { code: 69, err: /nowhere\.db/ });
    t.match(
      await home.try(["posts/10-approve/50-a"]),
      { code: 75, out: /\nlater: / },
      "a verdict",
    );
  },
);

t.test("text of strangers is harmless to a terminal", async (t) => {
  const home = await TrialHome.make(t);
  home.hook(
    "posts/20-edit/50-a",
    `printf 'X: \\033[31m\\nSubject: a\\n\\n\\033]0;b\\007\\n'; printf '\\033[2J' >&2`,
  );
  const { out } = await home.try(["posts/20-edit/50-a"]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
  t.notMatch(out, /[\u0000-\u0009\u000b-\u001f\u007f]/);
});

t.test("nothing stays in the folder of temporary files", async (t) => {
  const home = await TrialHome.make(t);
  const mark = `mark ${process.pid} ${home.home}`;
  const message = home.file("marked", `From: a@x.org\n\n${mark}\n`);
  const found = home.file("found", "");
  home.hook("posts/10-approve/50-a", `cat "$LISTMILL_MESSAGE" >${found}`);
  const args = ["try", "posts/10-approve/50-a", "--list", news];
  t.equal((await home.hooks([...args, "--message", message])).code, 0);
  t.match(readFileSync(found, "utf8"), mark, "it was there");
  t.same(leftBehind(mark), []);
  t.equal(
    (await home.hooks(["try", "x", "--list", news, "--message", message])).code,
    66,
  );
  t.same(leftBehind(mark), [], "after a failure neither");
});
