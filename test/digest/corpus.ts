/**
 * Issues out of files, for the tests of both builders.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Issue } from "../../src/digest/issues.ts";
import type { Masthead } from "../../src/digest/masthead.ts";
import type { List } from "../../src/lists/directory.ts";

const corpus =
  ["../shared/corpus", "../../shared/corpus"].find((path) =>
    existsSync(path),
  ) ?? "../shared/corpus";

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
    volume: 1,
    ordinal: number,
    time: 0,
    posts: paths.map((path, index) => ({
      number: index + 1,
      path,
      size: statSync(path).size,
      received: new Date("2026-07-31T12:00:00Z"),
    })),
  };
}

const list = {
  address: "dev@example.org",
  local: "dev",
  domain: "example.org",
  dir: "/nonexistent/lists/dev@example.org",
  settings: { description: "", language: "en" },
} as unknown as List;

export const masthead: Masthead = {
  audience: {
    site: { home: "/nonexistent", hostname: "mill.example.org" },
    list,
  },
  from: "dev-owner@example.org",
  date: new Date("2026-07-31T12:00:00Z"),
  id: "1785499200-a1",
};

/** The same for readers of a language. */
export function inLanguage(language: string): Masthead {
  return {
    ...masthead,
    audience: { ...masthead.audience, languages: [language] },
  };
}
