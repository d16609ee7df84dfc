/**
 * What listmill says to people, in their language: a text of the catalogue with its words filled in.
 * A text that an administrator has broken never stops mail: the one of the layer below is taken,
 * and the log says so.
 */
import { join } from "node:path";
import { type Log, stderrLog } from "../../base/log.ts";
import type { List } from "../directory.ts";
import type { Site } from "../settings.ts";
import { type TextName, type Words, wordsOf } from "./catalogue.ts";
import { TextFiles } from "./files.ts";
import { linesOf, type Value } from "./fill.ts";
import { type Layer, languagesFor, layersOf } from "./layers.ts";
import { rendered, type Template } from "./template.ts";
import type { Word } from "./words.ts";

/** For whom something is said. */
export interface Audience {
  readonly site: Pick<Site, "home" | "hostname">;
  /** Undefined for what belongs to none. */
  readonly list?: List | undefined;
  /** Those that the reader understands, best first; what is none, such as "", is passed over. */
  readonly languages?: readonly string[];
  /** Where it is told that a text is broken; stderr without it. */
  readonly log?: Log;
}

/** What is said. */
export interface Said {
  /** One line; "" where the text is a sentence. */
  readonly subject: string;
  /** A line a paragraph, for flowedPart; a sentence is one line. No line end at its end. */
  readonly body: string;
  /** The language that it is in, "de". */
  readonly language: string;
}

/** A text and where it was found. */
export interface Found {
  readonly template: Template;
  readonly language: string;
  readonly layer: Layer["name"];
  readonly file: string;
}

const files = new TextFiles();

/** A text with its words filled in. */
export function textFor<N extends TextName>(
  audience: Audience,
  name: N,
  words: Words<N>,
): Said {
  const { template, language } = foundText(audience, name);
  const known: Readonly<Record<string, Word>> = {
    ...wordsOf(name),
    list: ours("list"),
    description: ours("description"),
  };
  const values = { ...words, ...listsOwn(audience) } as Readonly<
    Record<string, Value | undefined>
  >;
  const lookUp = (word: string): readonly string[] => {
    const lines = linesOf(
      known[word] ?? ours(word),
      values[word] ?? "",
      language,
    );
    return word === "subject" && lines[0] === ""
      ? [sentenceFor(audience, "word-no-subject", {}, language)]
      : lines;
  };
  return { ...rendered(template, lookUp), language };
}

/** A sentence in a language. */
function sentenceFor<N extends TextName>(
  audience: Audience,
  name: N,
  words: Words<N>,
  language: string,
): string {
  return textFor({ ...audience, languages: [language] }, name, words).body;
}

/** The text that holds for somebody. */
export function foundText(
  { site, list, languages = [], log = stderrLog }: Audience,
  name: TextName,
): Found {
  const layers = layersOf(site, list).reverse();
  for (const language of languagesFor(languages, list))
    for (const layer of layers) {
      const file = join(layer.dir, language, `${name}.txt`);
      const text = files.get(file, name);
      if (text?.template)
        return { template: text.template, language, layer: layer.name, file };
      const [problem] = text?.problems.filter(({ broken }) => broken) ?? [];
      if (problem && files.isNews(file, problem.what))
        log(
          "templates",
          `${file}:${problem.line}: ${problem.what}; another text is used until it is mended`,
        );
    }
  // The package has all of them in English.
  throw new Error(`templates/en/${name}.txt: it is missing or broken`);
}

function listsOwn({ site, list }: Audience): Record<string, string> {
  return {
    list: list?.address ?? site.hostname,
    description: list?.settings.description ?? "",
  };
}

function ours(about: string): Word {
  return { kind: "line", about, sample: "" };
}
