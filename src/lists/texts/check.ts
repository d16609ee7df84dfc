/**
 * Looks over the texts of a layer: what cannot be used or lacks something, what is no text, and
 * languages that are not complete. Changes nothing.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isFolder } from "../../base/files.ts";
import { tagOf } from "../../base/languages.ts";
import { noLog } from "../../base/log.ts";
import { nearest } from "../../base/nearest.ts";
import { isTextName, type TextName, textNames } from "./catalogue.ts";
import { TextFiles } from "./files.ts";
import { fallbacks, fileOf, type Layer } from "./layers.ts";
import type { Problem } from "./template.ts";
import { textIn } from "./texts.ts";

/** Something to mend. */
export interface Trouble {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  readonly what: string;
}

/** What editors and packages leave behind. */
const passedOver = /^\.|~$|\.bak$|\.dpkg-[a-z]+$|\.rpm[a-z]+$|\.swp$|^README/;

/** The languages that a layer has folders of. */
export function languagesIn({ dir }: Layer): string[] {
  return namesIn(dir).filter((name) => tagOf(name) === name);
}

/** What is wrong in the last of the layers; those below are where it falls back to. */
export function troublesIn(layers: readonly Layer[]): Trouble[] {
  const layer = layers.at(-1);
  if (layer === undefined) return [];
  return namesIn(layer.dir).flatMap((language) => {
    const folder = join(layer.dir, language);
    const tag = tagOf(language);
    if (tag !== language || !isFolder(folder))
      return [trouble(folder, wrongFolder(language, tag))];
    return [
      ...namesIn(folder).flatMap((file) => inFile(folder, file)),
      ...lacking(layers, layer, language),
    ];
  });
}

/** What a layer lacks of a language: each text, or how many where that is most of them. */
function lacking(
  layers: readonly Layer[],
  layer: Layer,
  language: string,
): Trouble[] {
  const missing = textNames.filter((name) => !isThere(layers, language, name));
  if (missing.length > textNames.length / 2)
    return [
      trouble(
        join(layer.dir, language),
        `${missing.length} of ${textNames.length} texts are missing, so these are said in another language; listmill template list tells the names`,
      ),
    ];
  return missing.map((name) =>
    trouble(
      fileOf(layer, language, name),
      "there is no such file, so this is said in another language",
    ),
  );
}

/** What is wrong with the file of a text. */
export function troublesOf(file: string, name: TextName): Trouble[] {
  return problemsOf(file, name).map(({ line, what }) => ({ file, line, what }));
}

function problemsOf(file: string, name: TextName): readonly Problem[] {
  // As whoever says the text reads it.
  return new TextFiles().get(file, name)?.problems ?? [];
}

function wrongFolder(language: string, tag: string | undefined): string {
  if (tag !== undefined && tag !== language)
    return `a folder of this language is called ${tag}`;
  return "here lie folders that are called by their language, such as de or pt-BR";
}

function inFile(folder: string, file: string): Trouble[] {
  const path = join(folder, file);
  const name = file.replace(/\.txt$/, "");
  if (name !== file && isTextName(name)) return troublesOf(path, name);
  const meant = nearest(name, textNames);
  return [
    trouble(
      path,
      `there is no text of that name${meant ? `; did you mean ${meant}.txt?` : ""}`,
    ),
  ];
}

function isThere(
  layers: readonly Layer[],
  language: string,
  name: TextName,
): boolean {
  // One that is broken was told already.
  const own = layers.at(-1);
  if (own && statSync(fileOf(own, language, name), { throwIfNoEntry: false }))
    return true;
  return fallbacks(language).some((tag) => textIn(layers, tag, name, noLog));
}

function trouble(file: string, what: string): Trouble {
  return { file, line: 1, what };
}

function namesIn(dir: string): string[] {
  if (!isFolder(dir)) return [];
  return readdirSync(dir)
    .filter((name) => !passedOver.test(name))
    .sort();
}
