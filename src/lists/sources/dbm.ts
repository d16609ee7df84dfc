/**
 * Recipients from a DBM file: the keys or the values of an LMDB database, whoever wrote it; NULs at
 * the end, as Postfix's maps have them, are left out. One read transaction sees one state of the
 * file however long it takes. Nothing is written but LMDB's lock file. The only importer of lmdb.
 */
import { statSync } from "node:fs";
import { open } from "lmdb";
import { exit, Failure } from "../../base/errors.ts";
import type { ListSettings } from "../schema.ts";
import {
  pathIn,
  type SourceContext,
  severalAddresses,
  sourceFailure,
} from "./context.ts";

/** All addresses of the file. Throws a Failure (try later) where it is missing or damaged. */
export async function* dbmRecipients(
  settings: NonNullable<ListSettings["dbm"]>,
  context: SourceContext,
): AsyncGenerator<string> {
  const path = pathIn(context, settings.path);
  const where = `[dbm] ${path}`;
  // lmdb would make a file that is missing.
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new Failure(exit.tryLater, `${where}: there is no such file`);
  try {
    const db = open<Buffer, Buffer>({
      path,
      readOnly: true,
      noSubdir: !stat.isDirectory(),
      encoding: "binary",
      keyEncoding: "binary",
    });
    try {
      const taken =
        settings.take === "keys"
          ? db.getKeys()
          : db.getRange().map(({ value }) => value);
      for (const bytes of taken) {
        const text = bytes.toString("utf8").replace(/\0+$/, "");
        yield* severalAddresses(text, context);
      }
    } finally {
      await db.close();
    }
  } catch (error) {
    throw sourceFailure(where, error);
  }
}
