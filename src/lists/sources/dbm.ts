/**
 * Recipients from a DBM file: the keys or the values of an LMDB database, whoever wrote it; NULs at
 * the end, as Postfix's maps have them, are left out.
 */
import { existsSync } from "node:fs";
import { exit, Failure } from "../../base/errors.ts";
import type { SourceSettings } from "../schema/sources.ts";
import {
  pathIn,
  type SourceContext,
  severalAddresses,
  sourceFailure,
} from "./context.ts";
import { lmdbEntries } from "./lmdb.ts";

/** All addresses of the file. Throws a Failure (try later) where not all could be read. */
export async function* dbmRecipients(
  settings: SourceSettings<"dbm">,
  context: SourceContext,
): AsyncGenerator<string> {
  const path = pathIn(context, settings.path);
  const where = `[dbm] ${path}`;
  if (!existsSync(path))
    throw new Failure(exit.tryLater, `${where}: there is no such file`);
  try {
    for (const { key, value } of lmdbEntries(path)) {
      const text = (settings.take === "keys" ? key : value).toString();
      yield* severalAddresses(text.replace(/\0+$/, ""), context);
    }
  } catch (error) {
    throw sourceFailure(where, error);
  }
}
