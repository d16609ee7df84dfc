/**
 * The settings of the archive, of the section [archive]: where posts are found on the web, and the
 * consumers that get a copy of each, a section each; they are off until their section is there. Pure.
 */
import { z } from "zod";
import { textLike } from "../../base/settings.ts";
import { archivers } from "./archivers.ts";
import { brokers } from "./brokers.ts";
import { note } from "./words.ts";

/** What may stand in a permalink. */
export const permalinkParts = ["list", "local", "domain", "hash"] as const;

/** The sections of consumers. */
export const consumerSections = { ...brokers, ...archivers };

function isPermalink(value: string): boolean {
  const names = [...value.matchAll(/\{\{(.*?)\}\}/g)].map(([, name]) => name);
  const bare = value.replace(/\{\{.*?\}\}/g, "x");
  return (
    names.includes("hash") &&
    names.every((name) =>
      (permalinkParts as readonly unknown[]).includes(name),
    ) &&
    /^https?:\/\/[!-~]+$/.test(bare) &&
    !/[<>"{}]/.test(bare)
  );
}

export const archive = note(
  z
    .strictObject({
      permalink: note(
        textLike(
          'a link such as "https://lists.example.org/{{list}}/{{hash}}" with {{hash}} and perhaps {{list}}, {{local}}, {{domain}}',
          isPermalink,
        ).optional(),
        "Where a post is found on the web: it is written into Archived-At of each (RFC 5064). The hash is made of the Message-ID alone, as Mailman makes it (docs/archive.md).",
        { without: "no Archived-At" },
      ),
      ...consumerSections,
    })
    .prefault({}),
  "What becomes of the copies for the archive, besides being stored (docs/archive.md).",
);
