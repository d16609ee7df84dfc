/**
 * What listmill says to people, in their language: a text of the catalogue with its words filled in.
 * A text that an administrator has broken never stops mail: the one of the layer below is taken,
 * and the log says so.
 */
import { type Log, stderrLog } from "../../base/log.ts";
import type { List } from "../directory.ts";
import type { Site } from "../settings.ts";
import { type TextName, type Words, wordsOf } from "./catalogue.ts";
import { TextFiles } from "./files.ts";
import { linesOf, type Value } from "./fill.ts";
import { fileOf, type Layer, languagesFor, layersOf } from "./layers.ts";
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
  return anyText(audience, name, words);
}

/** The same of a text that is chosen when it runs; a word without a value is filled with nothing. */
export function anyText(
  audience: Audience,
  name: TextName,
  values: Values,
): Said {
  const found = foundText(audience, name);
  return filled(audience, name, found, { ...values, ...listsOwn(audience) });
}

/** A text that was found, with these values for its words. */
export function filled(
  audience: Audience,
  name: TextName,
  { template, language }: Pick<Found, "template" | "language">,
  values: Values,
): Said {
  const known = wordsOf(name);
  const lookUp = (word: string): readonly string[] => {
    const lines = linesOf(known[word] ?? ours, values[word] ?? "", language);
    if (word !== "subject" || lines[0] !== "") return lines;
    const inSame = { ...audience, languages: [language] };
    return [textFor(inSame, "word-no-subject", {}).body];
  };
  return { ...rendered(template, lookUp), language };
}

export type Values = Readonly<Record<string, Value | undefined>>;

/** The text that holds for somebody. */
export function foundText(
  { site, list, languages = [], log = stderrLog }: Audience,
  name: TextName,
): Found {
  const layers = layersOf(site, list);
  for (const language of languagesFor(languages, list)) {
    const found = textIn(layers, language, name, log);
    if (found) return found;
  }
  // The package has all of them in English.
  throw new Error(`templates/en/${name}.txt: it is missing or broken`);
}

/** The text in one language, from the last layer that has one which can be used. */
export function textIn(
  layers: readonly Layer[],
  language: string,
  name: TextName,
  log: Log,
): Found | undefined {
  for (const layer of layers.toReversed()) {
    const file = fileOf(layer, language, name);
    const text = files.get(file, name);
    if (text?.template)
      return { template: text.template, language, layer: layer.name, file };
    const problem = text?.problems.find(({ broken }) => broken);
    if (problem && files.isNews(file, problem.what))
      log(
        "templates",
        `${file}:${problem.line}: ${problem.what}; another text is used until it is mended`,
      );
  }
  return undefined;
}

function listsOwn({ site, list }: Audience): Record<string, string> {
  return {
    list: list?.address ?? site.hostname,
    description: list?.settings.description ?? "",
  };
}

/** What is known of a list's address and description. */
const ours: Word = { kind: "line", about: "", sample: "" };
