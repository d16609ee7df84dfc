/**
 * The addresses of a text in one of the formats that people write them in: UTF-8, with or without a
 * byte order mark.
 */
import type { SourceSettings } from "../../schema/sources.ts";
import type { SourceContext } from "../context.ts";
import { addressesOfAliases } from "./aliases.ts";
import { addressesOfCsv } from "./csv.ts";
import { addressesOfLines } from "./lines.ts";
import { Wanted } from "./wanted.ts";
import { utf8 } from "./whole.ts";

/** How a text is written. */
export type Format = Pick<
  SourceSettings<"file">,
  "format" | "column" | "separator" | "key"
>;

/**
 * All addresses of texts of one format.
 * @param texts each with its name, for errors that tell a line
 * Throws where one is not written so.
 */
export async function* addressesIn(
  texts: Iterable<readonly [string, AsyncIterable<Uint8Array>]>,
  { format, column, separator, key }: Format,
  context: SourceContext,
): AsyncGenerator<string[]> {
  const wanted = new Wanted(key, context);
  for (const [name, raw] of texts) {
    const bytes = utf8(raw, name);
    if (format === "lines") yield* addressesOfLines(bytes, name, context);
    else if (format === "csv")
      yield* addressesOfCsv(bytes, name, column, separator, context);
    else yield* addressesOfAliases(bytes, name, wanted, context);
  }
  wanted.end();
}
