/**
 * Issues out of files, for the tests of both builders.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Issue } from "../../src/digest/issues.ts";
import type { Masthead } from "../../src/digest/masthead.ts";

const corpus = "../shared/corpus";

/** Why a test must be skipped. */
export const missing = existsSync(corpus)
  ? false
  : `no corpus: ${corpus} is not there`;

/** Files of the corpus below a folder of it, the smaller ones. */
export function corpusFiles(folder: string): string[] {
  return readdirSync(join(corpus, folder), {
    recursive: true,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".json"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path).size <= 256 * 1024)
    .sort();
}

/** An issue whose posts are these files. */
export function issueOf(paths: readonly string[], number = 5): Issue {
  return {
    number,
    posts: paths.map((path, index) => ({
      number: index + 1,
      path,
      size: statSync(path).size,
      received: new Date("2026-07-31T12:00:00Z"),
    })),
  };
}

export const masthead: Masthead = {
  list: "dev@example.org",
  from: "dev-owner@example.org",
  date: new Date("2026-07-31T12:00:00Z"),
  id: "1785499200-a1",
  hostname: "mill.example.org",
};
