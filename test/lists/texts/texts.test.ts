// Texts on real files: layers, languages, what becomes of broken ones, and hostile values.
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { simpleParser } from "mailparser";
import t, { type Test } from "tap";
import { Lists } from "../../../src/lists/directory.ts";
import { loadSite } from "../../../src/lists/settings.ts";
import { anyText, foundText, textFor } from "../../../src/lists/texts/texts.ts";
import {
  composeParts,
  messageId,
  multipart,
  newBoundary,
  textPart,
} from "../../../src/mail/compose.ts";
import { flowedPart } from "../../../src/mail/flowed.ts";
import { anyString } from "../../anyString.ts";

const news = "news@lists.example.org";

async function homeOf(t: Test, settings: Record<string, string> = {}) {
  const home = t.testdir({ lists: {} });
  const site = loadSite(home);
  const lists = new Lists(home, site);
  const list = await lists.create(news, settings);
  const lines: string[] = [];
  const audience = {
    site,
    list,
    log: (where: string, what: string) => lines.push(`${where}: ${what}`),
  };
  const write = (path: string, text: string | Buffer) => {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  return { home, site, lists, list, lines, audience, write };
}

const words = { address: "anna@example.org", join: "j@example.org" };

t.test("each layer comes before those below it", async (t) => {
  const { audience, write, site } = await homeOf(t);
  const said = () => textFor(audience, "goodbye", words).body;
  t.match(said(), /no longer a member/);
  for (const folder of [
    "templates/en",
    "lists/@lists.example.org/templates/en",
    `lists/${news}/templates/en`,
  ]) {
    write(`${folder}/goodbye.txt`, `Subject: x\n\n${folder} {{join}}\n`);
    t.equal(said(), `${folder} j@example.org`);
  }
  t.match(
    textFor({ site }, "goodbye", words).body,
    "templates/en j@",
    "what belongs to no list has the site's",
  );
  t.equal(foundText(audience, "goodbye").layer, "list");
});

t.test("a list on demand has its domain's texts", async (t) => {
  const { audience, write, lists } = await homeOf(t);
  write("lists/@corp.org/list.toml", "");
  write("lists/@corp.org/templates/en/goodbye.txt", "Subject: x\n\nc {{join}}");
  const list = lists.get("sales@corp.org");
  if (!list) throw new Error("no list");
  t.equal(textFor({ ...audience, list }, "goodbye", words).body.at(0), "c");
});

t.test("the reader's language, the list's, English", async (t) => {
  const { audience, write } = await homeOf(t, { language: "fr" });
  const said = (...languages: string[]) =>
    textFor({ ...audience, languages }, "reason-loop", {});
  t.equal(said().language, "fr");
  t.equal(said("de-AT").language, "de");
  t.equal(said("xx", "", "../../etc", "JA").language, "ja");
  t.equal(said("xx").language, "fr");
  write("templates/de-AT/reason-loop.txt", "Österreich\n");
  t.same(said("de-at"), { subject: "", body: "Österreich", language: "de-AT" });
  t.equal(said("de").language, "de");
  write(`lists/${news}/templates/en/reason-loop.txt`, "own\n");
  t.equal(said("de").language, "de", "the language comes before the layer");
});

t.test(
  "a broken text never stops mail, and the log says so once",
  async (t) => {
    const { audience, lines, write, home } = await homeOf(t);
    const path = "templates/en/goodbye.txt";
    const said = () => textFor(audience, "goodbye", words).body;
    for (const [text, what] of [
      ["Subject: x\n\n{{adress}} {{join}}\n", "3: {{adress}} is no word"],
      ["text\n", "1: the first line must be"],
      [Buffer.from("Subject: \xff\n\nx\n", "latin1"), "1: it is not UTF-8"],
      ["x".repeat(70_000), "1: it is larger than 64 KB"],
    ] as const) {
      const file = write(path, text);
      t.match(said(), /no longer a member/);
      said();
      t.match(lines.splice(0), [`templates: ${file}:${what}`]);
    }
    const file = write(path, "Subject: x\n\nmended {{join}}\n");
    t.match(said(), /^mended/, "a change counts at once");
    rmSync(file);
    mkdirSync(file);
    t.match(said(), /no longer a member/, "a folder is no text");
    t.match(lines.splice(0), [/it is not a file/]);
    rmSync(join(home, "templates"), { recursive: true });
    writeFileSync(join(home, "templates"), "a file");
    t.match(said(), /no longer a member/);
    t.same(lines, []);
    write(
      `lists/${news}/templates/en/goodbye.txt`,
      "Subject: x\n\nwithout its word\n",
    );
    t.match(said(), /no longer a member/, "what lacks a word would not do");
    t.match(lines, [/{{join}} is missing/]);
  },
);

t.test("a post without a subject has words for it", async (t) => {
  const { audience } = await homeOf(t, { language: "de" });
  const { subject } = textFor(audience, "moderate-gone", { subject: " \n " });
  t.match(subject, "„(kein Betreff)“");
});

t.test("a text that is chosen when it runs", async (t) => {
  const { audience } = await homeOf(t);
  const size = anyText(audience, "reason-size", { size: 2048, x: "y" });
  t.match(size.body, /it has 2 kB, .* at most \.$/);
});

const hostile = fc.oneof(
  anyString({ maxLength: 600 }),
  fc.constantFrom(
    "x\r\nBcc: all@example.org",
    "{{list}}{{reason}}",
    "--=_0\nContent-Type: text/html",
    "=?utf-8?q?x=0ABcc:_y?=",
    "\u2028Subject: x",
    "-- ",
    ".",
    "From x",
  ),
);

t.test("strangers' text fakes nothing", async (t) => {
  const { audience } = await homeOf(t);
  await fc.assert(
    fc.asyncProperty(
      hostile,
      hostile,
      fc.array(hostile, { maxLength: 5 }),
      fc.constantFrom("en", "ja"),
      async (subject, author, reason, language) => {
        const said = textFor(
          { ...audience, languages: [language] },
          "post-rejected",
          { subject, reason: [author, ...reason] },
        );
        assert.doesNotMatch(said.subject, /[\p{Cc}\u2028\u2029]/u);
        const boundary = newBoundary();
        const mail = composeParts(
          {
            from: "a@example.org",
            to: "b@example.org",
            subject: said.subject,
            date: new Date(0),
            messageId: messageId("1", "x.org"),
          },
          multipart(
            "mixed",
            [flowedPart(said.body, said.language), textPart("last")],
            boundary,
          ),
        );
        const whole = Buffer.concat(mail as Uint8Array[]);
        assert.equal(whole.toString("latin1").split(boundary).length, 5);
        const parsed = await simpleParser(whole);
        assert.ok(!parsed.headers.has("bcc"));
        assert.match(parsed.text ?? "", /last\n?$/);
        assert.ok(!/[^\0-\x7f]/.test(whole.toString("latin1").slice(0, 200)));
      },
    ),
    { numRuns: 150 },
  );
  t.equal(
    textFor(audience, "post-waits", {
      subject: "{{reason}}",
      reason: "{{list}}",
    }).body.includes("{{reason}}"),
    true,
    "a word in a value stays what it is",
  );
});
