// hooks new: for each verb and language a beginning that runs, and whose example runs too.
import { spawnSync } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { verbs } from "../../../src/engine/layers.ts";
import { groups } from "../../lists/groups.ts";
import { news } from "../atHome.ts";
import { letter, TrialHome } from "./home.ts";

const missing = (program: string) =>
  spawnSync(program, ["--version"]).status === 0 ? false : `no ${program} here`;

const languages = [
  { lang: "sh", suffix: "", skip: false },
  { lang: "ts", suffix: ".hook.ts", skip: false },
  { lang: "perl", suffix: "", skip: missing("perl") },
  { lang: "python", suffix: "", skip: missing("python3") },
  { lang: "perl", serve: true, suffix: ".serve.pl", skip: missing("perl") },
  {
    lang: "python",
    serve: true,
    suffix: ".serve.py",
    skip: missing("python3"),
  },
] as const;

for (const { lang, suffix, skip, ...rest } of languages) {
  const serve = "serve" in rest ? ["--serve"] : [];
  t.test(`${lang} ${serve}: each verb`, { skip }, async (t) => {
    const home = await TrialHome.make(t);
    home.file(`lists/${news}/helpers`, "helper@example.org\n");
    const recipients = home.file("addresses", "a@x.org\nb@away.example.org\n");
    for (const [at, verb] of verbs.entries()) {
      const path = `q/${10 + at}-${verb}/70-mine`;
      const said = await home.hooks(["new", path, "--lang", lang, ...serve]);
      t.equal(said.code, 0, `${verb}: ${said.err}${said.out}`);
      t.match(said.out, /Tried on a sample for news@.*\n.*\npass {2}\(0: /);
      t.notMatch(said.out, /\n(stderr|log):/);
      const file = join(home.home, "hooks.d", path + suffix);
      t.equal(statSync(file).mode & 0o777, 0o755);
      writeFileSync(file, exampleOf(readFileSync(file, "utf8")));
      const again = await home.try(
        [
          path + suffix,
          "--really",
          "--recipients",
          recipients,
          "--recipient",
          news.replace("@", "-search@"),
        ],
        false,
        letter.replace("Hello", "A lottery: Hello"),
      );
      const code = verb === "approve" ? 80 : 0;
      t.equal(again.code, code, `${verb}'s example: ${again.err}${again.out}`);
      t.notMatch(again.out, /\n(stderr|log):/, verb);
      const does = {
        approve: /\nhold: A moderator must see it\./,
        route: /to the queue search/,
        edit: /\+(X-Mine: yes|Subject: \[new\] A lottery)/,
        recipients: /gives 1 address: helper@example\.org/,
        refine: /2 addresses, 1 after it: a@x\.org/,
        emit: /emits \d+ bytes to copies@example\.org/,
        deliver: /a@x\.org later not yet/,
        answer: /You asked:|Not yet/,
        consume: /^/,
      }[verb];
      t.match(again.out, does, `${verb}'s example does what it says`);
    }
    const copies = join(home.home, "archive", news, "copies");
    const [copy = "", ...others] = readdirSync(copies);
    t.same(others, []);
    t.match(readFileSync(join(copies, copy), "utf8"), /A lottery.*First line/s);
    const away = home.file("addresses", "b@away.example.org\n");
    const refine = `q/${10 + verbs.indexOf("refine")}-refine/70-mine${suffix}`;
    t.match(
      await home.try([refine, "--recipients", away]),
      { code: 0, out: "1 address, 0 after it" },
      "when nobody is left, too",
    );
  });
}

/** The hook with its example in force. */
function exampleOf(text: string): string {
  const lines = text.split("\n");
  // The head is comments, too; the example begins behind it.
  const start = lines.findIndex(
    (line, at) => at > 0 && !/^(#|\/\/)/.test(line),
  );
  return lines
    .map((line, at) =>
      at < start ? line : line.replace(/^(\s*)(?:#|\/\/) ?/, "$1"),
    )
    .join("\n");
}

t.test("it goes where it belongs and overwrites nothing", async (t) => {
  const home = await TrialHome.make(t);
  const args = ["new", "posts/20-edit/70-mine", "--lang", "sh"];
  t.equal((await home.hooks([...args, "--list", news])).code, 0);
  const file = join(home.home, "lists", news, "hooks.d/posts/20-edit/70-mine");
  t.ok(existsSync(file));
  writeFileSync(file, "mine\n");
  t.match(await home.hooks([...args, "--list", news]), {
    code: 73,
    err: /70-mine is there already: give another name/,
  });
  t.equal(readFileSync(file, "utf8"), "mine\n");
  const json = await home.hooks(
    ["new", "posts/20-edit/71-mine", "--lang", "ts"],
    true,
  );
  t.match(JSON.parse(json.out), {
    file: join(home.home, "hooks.d/posts/20-edit/71-mine.hook.ts"),
    verdict: "pass",
  });
  rmSync(join(home.home, "lists", news), { recursive: true });
  const alone = await home.hooks(
    ["new", "posts/20-edit/72-mine", "--lang", "sh"],
    true,
  );
  t.same(JSON.parse(alone.out), {
    file: join(home.home, "hooks.d/posts/20-edit/72-mine"),
  });
});

t.test("for all lists of a domain, and for none on demand", async (t) => {
  const home = await TrialHome.make(t);
  groups(home.home, "corp.org", ["sales"]).close();
  const args = ["new", "posts/20-edit/70-mine", "--lang", "sh", "--list"];
  t.match(await home.hooks([...args, "sales@corp.org"]), {
    code: 64,
    err: /sales@corp\.org is a list on demand, which has no hooks of its own; for all lists of corp\.org give: --list @corp\.org/,
  });
  t.notOk(existsSync(join(home.home, "lists/@corp.org/hooks.d")));
  t.match(await home.hooks([...args, "@corp.org"]), {
    code: 0,
    out: /^This hook will run for all lists of corp\.org\.\nwrote .*@corp\.org\/hooks\.d\/posts\/20-edit\/70-mine\n/,
  });
  t.match(await home.hooks([...args, "@Lists.example.org"]), {
    code: 0,
    out: /for all lists of lists\.example\.org\.\n.*\nTried on a sample for news@lists/,
  });
  for (const none of ["@elsewhere.org", "@../lists", "@"])
    t.match(await home.hooks([...args, none]), {
      code: 67,
      err: /there is no list in/,
    });
});

t.test("what it refuses", async (t) => {
  const home = await TrialHome.make(t);
  const cases: [string[], RegExp][] = [
    [["posts/20-edit/70-mine"], /--lang with one of sh, perl, python, ts/],
    [["posts/20-edit/70-mine", "--lang", "cobol"], /--lang with one of/],
    [
      ["posts/20-edit", "--lang", "sh"],
      /a hook is called QUEUE\/NN-verb\/NN-name/,
    ],
    [["posts/20-eat/70-mine", "--lang", "sh"], /one of the verbs approve, /],
    [["../20-edit/70-mine", "--lang", "sh"], /a hook is called/],
    [
      ["posts/20-edit/..", "--lang", "sh"],
      /the name of a hook begins with its place/,
    ],
    [["posts/20-edit/mine", "--lang", "sh"], /begins with its place/],
    [["posts/20-edit/70-mine.bak", "--lang", "sh"], /begins with its place/],
    [
      ["posts/20-edit/70-mine", "--lang", "sh", "--serve"],
      /--serve is for python and perl, not for sh/,
    ],
    [["posts/20-edit/70-mine", "--lang", "ts", "--serve"], /which runs inline/],
  ];
  for (const [args, err] of cases)
    t.match(
      await home.hooks(["new", ...args]),
      { code: 64, err },
      args.join(" "),
    );
});
