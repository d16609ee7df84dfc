// template: where texts come from, how they read, what is wrong with them.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import template from "../../src/cli/template.ts";
import { textNames } from "../../src/lists/texts/catalogue.ts";
import { packageTexts } from "../../src/lists/texts/layers.ts";
import { makeHome, news, verb } from "./atHome.ts";

async function homeOf(t: Test) {
  const home = await makeHome(t, {
    list: { description: "Garden", language: "de" },
  });
  const run = (args: string[], json = false) =>
    verb(t, home, template, args, json);
  const write = (path: string, text: string) => {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  return { home, run, write };
}

t.test("list tells which file each text comes from", async (t) => {
  const { run, write } = await homeOf(t);
  const own = write(
    `lists/${news}/templates/de/goodbye.txt`,
    "Subject: x\n\n{{join}}\n",
  );
  const rows = JSON.parse((await run(["list"], true)).out);
  t.equal(rows.length, 5 * textNames.length);
  t.match(rows[0], {
    name: "confirm-subscribe",
    language: "de",
    layer: "package",
    file: join(packageTexts, "de/confirm-subscribe.txt"),
  });
  const { out } = await run(["list", "--list", news, "--language", "DE"]);
  t.match(out, /^name +language +layer +file\n/);
  t.match(out, new RegExp(`^goodbye +de +list +${own}$`, "m"));
  t.equal(out.trim().split("\n").length, textNames.length + 1);
});

t.test("show fills in samples", async (t) => {
  const { run } = await homeOf(t);
  const { out } = await run(["show", "welcome"]);
  t.match(
    out,
    /^Subject: Welcome to news@lists\.example\.org\n\nWelcome! anna@/,
  );
  t.match(out, /^ {2}news-unsubscribe@lists\.example\.org$/m);
  const german = await run(["show", "welcome", "--list", news]);
  t.match(german.out, /^Subject: Willkommen/);
  t.match(german.out, /^Garden$/m);
  const french = await run(
    ["show", "welcome", "--list", news, "--language", "fr-CA"],
    true,
  );
  t.match(JSON.parse(french.out), { language: "fr", layer: "package" });
  const sentence = await run(["show", "reason-loop", "--language", "ja"]);
  t.match(sentence.out, /^このメールは.*\n$/);
});

t.test("edit copies a text to the layer that is meant", async (t) => {
  const { home, run } = await homeOf(t);
  const cases: [string[], string, string][] = [
    [["edit", "welcome"], "templates/en", "en"],
    [["edit", "welcome", "--list", news], `lists/${news}/templates/de`, "de"],
    [
      ["edit", "welcome", "--list", "@lists.example.org", "--language", "it"],
      "lists/@lists.example.org/templates/it",
      "en",
    ],
  ];
  for (const [args, folder, from] of cases) {
    const file = join(home, folder, "welcome.txt");
    t.same(await run(args), { code: 0, out: `${file}\n`, err: "" });
    t.equal(
      readFileSync(file, "utf8"),
      readFileSync(join(packageTexts, from, "welcome.txt"), "utf8"),
    );
  }
  const file = join(home, "templates/en/welcome.txt");
  writeFileSync(file, "mine");
  t.match(JSON.parse((await run(["edit", "welcome"], true)).out), { file });
  t.equal(readFileSync(file, "utf8"), "mine", "what is there stays");
});

t.test("check tells what is wrong, with file and line", async (t) => {
  const { home, run, write } = await homeOf(t);
  t.same(await run(["check"]), {
    code: 0,
    out: "all texts are well\n",
    err: "",
  });
  t.same(JSON.parse((await run(["check"], true)).out), []);
  const wrong = write("templates/en/goodbye.txt", "Subject: x\n\n{{adress}}\n");
  write("templates/en/welcom.txt", "");
  write("templates/en/welcome.txt~", "");
  write("templates/pt-br/goodbye.txt", "");
  write("templates/note.txt", "");
  write("templates/de-AT/reason-loop.txt", "ok\n");
  write("lists/@lists.example.org/templates/it/reason-loop.txt", "ok\n");
  const { code, out } = await run(["check"]);
  t.equal(code, 65);
  const lines = out.trim().split("\n");
  for (const line of [
    `${wrong}:3: {{adress}} is no word of goodbye; did you mean {{address}}?`,
    `${wrong}:1: {{join}} is missing: the address for joining`,
    `${home}/templates/en/welcom.txt:1: there is no text of that name; did you mean welcome.txt?`,
    `${home}/templates/pt-br:1: a folder of this language is called pt-BR`,
    `${home}/lists/@lists.example.org/templates/it:1: ${textNames.length - 1} of ${textNames.length} texts are missing, so these are said in another language; listmill template list tells the names`,
  ])
    t.ok(lines.includes(line), line);
  t.match(out, /templates\/note\.txt:1: here lie folders/);
  t.equal(lines.length, 6);
  for (const name of textNames.slice(3))
    write(`lists/@lists.example.org/templates/it/${name}.txt`, "");
  const most = (await run(["check", "--list", "@lists.example.org"])).out;
  t.match(
    most,
    `${home}/lists/@lists.example.org/templates/it/${textNames[0]}.txt:1: there is no such file, so this is said in another language`,
  );
  const large = write("templates/en/faq.txt", "x".repeat(65 * 1024));
  t.match(
    (await run(["check"])).out,
    `${large}:1: it is larger than 64 KB`,
    "as the runner has it",
  );
  const own = write(`lists/${news}/templates/de/faq.txt`, "x\n");
  const { out: json } = await run(["check", "--list", news], true);
  t.match(JSON.parse(json), [{ file: own, line: 1, what: /first line/ }]);
});

t.test("what cannot be done", async (t) => {
  const { home, run } = await homeOf(t);
  const cases: [string[], number, RegExp][] = [
    [[], 64, /takes an action: list, show, edit, check/],
    [["shwo"], 64, /unknown action "shwo"/],
    [["show"], 64, /"" is no text; see/],
    [["show", "welcom"], 64, /did you mean welcome\?/],
    [["show", "welcome", "x"], 64, /"x" is an argument too many/],
    [["list", "--language", "../de"], 64, /--language takes a language/],
    [["list", "--list", "@nowhere.org"], 67, /no list in nowhere\.org/],
    [["check", "--list", "no@nowhere.org"], 67, /there is no list/],
  ];
  for (const [args, code, err] of cases)
    t.match(await run(args), { code, err }, args.join(" "));
  t.notOk(existsSync(join(home, "templates")));
});
