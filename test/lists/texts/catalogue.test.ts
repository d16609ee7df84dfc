// All five languages against the catalogue: each has each text, with just its words.
import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { unknownIn } from "../../../src/lists/braces.ts";
import {
  catalogue,
  common,
  isTextName,
  textNames,
  wordsOf,
} from "../../../src/lists/texts/catalogue.ts";
import { troublesIn } from "../../../src/lists/texts/check.ts";
import { packageTexts } from "../../../src/lists/texts/layers.ts";

const languages = ["de", "en", "es", "fr", "ja"];

t.test("these are the languages", async (t) => {
  t.same(readdirSync(packageTexts).sort(), languages);
  const layer = { name: "package", dir: packageTexts } as const;
  t.same(troublesIn([layer]), []);
});

for (const language of languages)
  t.test(`${language} has each text with just its words`, async (t) => {
    const folder = join(packageTexts, language);
    t.same(
      readdirSync(folder).sort(),
      textNames.map((name) => `${name}.txt`).sort(),
    );
    for (const name of textNames) {
      const text = readFileSync(join(folder, `${name}.txt`), "utf8");
      const used = new Set(unknownIn(text, common));
      t.same([...used].sort(), Object.keys(wordsOf(name)).sort(), name);
      t.equal(/^Subject: \S/.test(text), catalogue[name].mail, name);
      t.notMatch(text, /^-- $|[ \t]$|\n\n\n/m, `${name} is tidy`);
      t.ok(text.endsWith("\n") && !text.endsWith("\n\n"), name);
    }
  });

t.test("the mails of a language say something of their own", async (t) => {
  for (const name of textNames) {
    const all = languages.map((language) =>
      readFileSync(join(packageTexts, language, `${name}.txt`), "utf8"),
    );
    t.equal(new Set(all).size, languages.length, name);
  }
});

t.test("each text is said by something", async (t) => {
  const source = globSync(["src/**/*.ts", "hooks.d/**/*.ts"])
    .filter((file) => !file.startsWith("src/lists/texts/catalogue"))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  t.match(source, "`word-${");
  for (const name of textNames)
    t.ok(name.startsWith("word-") || source.includes(`"${name}"`), name);
});

t.test("names", async (t) => {
  t.ok(isTextName("welcome"));
  t.notOk(isTextName("constructor"));
  t.notOk(isTextName("../welcome"));
});
