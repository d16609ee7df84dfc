/** What tests of sources ask with: a context, and settings as list.toml would have them. */
import { resolve } from "node:path";
import { checked } from "../../../src/base/settings.ts";
import {
  type SourceName,
  type SourceSettings,
  sources,
} from "../../../src/lists/schema/sources.ts";
import type { SourceContext } from "../../../src/lists/sources/context.ts";
import { parseHeader } from "../../../src/mail/header.ts";

export const list = {
  address: "dev@example.org",
  local: "dev",
  domain: "example.org",
};

/** A context that collects what is refused and noted. @param header of the post */
export function contextIn(
  home: string,
  refused: string[] = [],
  notes: string[] = [],
  header = "Subject: Hello\n",
): SourceContext {
  return {
    home: resolve(home),
    list,
    sender: "anna@example.org",
    recipient: list.address,
    header: parseHeader(Buffer.from(header)).header,
    refused: (text, why) =>
      refused.push(why === undefined ? text : `${why}: ${text}`),
    note: (text) => notes.push(text),
  };
}

/** A section with its defaults. */
export function section<K extends SourceName>(
  name: K,
  given: Record<string, unknown>,
): SourceSettings<K> {
  return checked(sources[name], given, name, "") as SourceSettings<K>;
}
