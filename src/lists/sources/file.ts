/**
 * Recipients from a text file: an address or `Name <address>` a line; `#` begins a comment, at the
 * start of a line or behind a space.
 */
import { linesOfFile } from "../../base/lines.ts";
import type { SourceSettings } from "../schema/sources.ts";
import {
  oneAddress,
  pathIn,
  type SourceContext,
  sourceFailure,
} from "./context.ts";

/** All addresses of the file. Throws a Failure (try later) where it cannot be read to its end. */
export async function* fileRecipients(
  settings: SourceSettings<"file">,
  context: SourceContext,
): AsyncGenerator<string> {
  const path = pathIn(context, settings.path);
  try {
    for await (const line of linesOfFile(path))
      yield* oneAddress(line.replace(/(^|[ \t])#.*$/, ""), context);
  } catch (error) {
    throw sourceFailure(`[file] ${path}`, error);
  }
}
