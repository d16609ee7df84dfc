/**
 * The settings of return paths that BounceHandler wrote, of the section [bounces.bouncehandler]. Pure.
 */
import { z } from "zod";
import { choice, textLike } from "../../base/settings.ts";
import { algorithms } from "../../mail/bouncehandler.ts";
import { told, type Wrong } from "./fitting.ts";
import { address, note, path } from "./words.ts";

const wikiName = () =>
  textLike(
    'the name of a wiki such as "enwiki"',
    (value) => /^[^\s@]+$/.test(value) && value.length <= 64,
  );

const section = z
  .strictObject({
    prefix: note(
      textLike('a word without "-"', (value) =>
        /^[A-Za-z0-9_.=]+$/.test(value),
      ).prefault("wiki"),
      "What its return paths begin with, $wgVERPprefix.",
    ),
    secret_file: note(
      path(),
      "A file whose first line is the key that signs them, $wgVERPsecret.",
    ),
    algorithm: note(
      choice(...algorithms).prefault("sha256"),
      "The hash that signs them, $wgVERPalgorithm; where MediaWiki does not set it, it is md5.",
    ),
    users: note(
      path().optional(),
      "A file of users, a line each: number TAB address, and perhaps TAB wiki, where it is for that wiki only.",
      { without: "users are known by their number only" },
    ),
    lists: note(
      z.record(wikiName(), address()).prefault({}),
      "Whose bounces they are: the address of a list for each wiki. Return paths of other wikis are not known here.",
    ),
  })
  .superRefine(told(wrongInLists));

/** The settings of return paths that MediaWiki's extension BounceHandler has written. */
export const bouncehandler = note(
  section.optional(),
  "Return paths that MediaWiki's extension BounceHandler writes: bounces to them are taken for a list (docs/http.md).",
);

interface Section {
  readonly lists: Readonly<Record<string, string>>;
}

/** The extension writes "." for "-": two names may become one. */
function* wrongInLists({ lists }: Section): Iterable<Wrong> {
  const seen = new Map<string, string>();
  for (const wiki of Object.keys(lists)) {
    const written = wiki.replaceAll("-", ".");
    const other = seen.get(written);
    if (other !== undefined)
      yield [
        ["lists", wiki],
        `is written like ${other} in a return path, so only one of them can be known`,
      ];
    seen.set(written, wiki);
  }
}
