/**
 * The table of texts and their words in docs/templates.md, made from the catalogue. Pure.
 */
import { catalogue, type TextName, textNames, wordsOf } from "./catalogue.ts";

const BEGIN = "<!-- made by npm run settings -->\n";
const END = "<!-- end -->\n";

/** The page with the table as the catalogue has it. */
export function withTable(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`no "${BEGIN.trim()}" in the page`);
  return page.slice(0, begin + BEGIN.length) + tables() + page.slice(end);
}

function tables(): string {
  const mails = textNames.filter((name) => catalogue[name].mail);
  const sentences = textNames.filter((name) => !catalogue[name].mail);
  return `
### Mails

${table(mails)}
### Sentences

${table(sentences)}
`;
}

function table(names: readonly TextName[]): string {
  const rows = names.map(
    (name) => `| \`${name}\` | ${catalogue[name].about} | ${words(name)} |\n`,
  );
  return `| text | what for | its words |\n|---|---|---|\n${rows.join("")}`;
}

function words(name: TextName): string {
  return Object.entries(wordsOf(name))
    .map(([word, { about, kind, needed, optional }]) => {
      const notes = [
        kind === "lines" ? "lines" : "",
        needed ? "needed" : "",
        optional ? "may be empty" : "",
      ].filter((note) => note !== "");
      return `\`${word}\`: ${about}${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`;
    })
    .join("<br>");
}
