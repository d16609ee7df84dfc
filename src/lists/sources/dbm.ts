/**
 * Recipients from a DBM file: the keys or the values of the maps that Postfix, Exim and others make.
 * NULs at the end, as those of Postfix have them, are left out. A value is written as in an alias
 * file.
 */
import { existsSync } from "node:fs";
import { breath } from "../../base/breath.ts";
import type { SourceSettings } from "../schema/sources.ts";
import {
  oneAddress,
  pathIn,
  type SourceContext,
  sourceFailure,
} from "./context.ts";
import { berkeleyEntries } from "./dbm/berkeley.ts";
import type { DbmEntry } from "./dbm/bytes.ts";
import { cdbEntries } from "./dbm/cdb.ts";
import { gdbmEntries } from "./dbm/gdbm.ts";
import { fileOf, type Kind, kindOf } from "./dbm/kind.ts";
import { lmdbEntries } from "./dbm/lmdb.ts";
import { targets } from "./text/aliases.ts";
import { Wanted } from "./text/wanted.ts";

/** Entries that are read before other work may go on. */
const SOME = 1000;

/** What postalias(1) notes in a map of its own accord. */
const notes = ["@", "YP_LAST_MODIFIED", "YP_MASTER_NAME"];

/** All addresses of the file. Throws a Failure (try later) where not all could be read. */
export async function* dbmRecipients(
  settings: SourceSettings<"dbm">,
  context: SourceContext,
): AsyncGenerator<string[]> {
  const { type, take } = settings;
  const path = fileOf(pathIn(context, settings.path), type);
  try {
    if (!existsSync(path)) throw new Error("there is no such file");
    const kind = type === "auto" ? kindOf(path) : type;
    const wanted = new Wanted(settings.key, context);
    let count = 0;
    let found: string[] = [];
    for await (const { key, value } of entriesOf(path, kind)) {
      count += 1;
      const name = textOf(key);
      if (!notes.includes(name) && wanted.has(name)) {
        if (take === "keys") found.push(...oneAddress(name, context));
        else for (const one of targets(textOf(value), context)) found.push(one);
      }
      if (count % SOME > 0) continue;
      yield found;
      found = [];
      await breath();
    }
    wanted.end();
    yield found;
  } catch (error) {
    throw sourceFailure(`[dbm] ${path}`, error);
  }
}

function entriesOf(
  path: string,
  kind: Kind,
): Iterable<DbmEntry> | AsyncIterable<DbmEntry> {
  switch (kind) {
    case "lmdb":
      return lmdbEntries(path);
    case "cdb":
      return cdbEntries(path);
    case "hash":
    case "btree":
      return berkeleyEntries(path);
    case "gdbm":
      return gdbmEntries(path);
  }
}

function textOf(datum: Buffer): string {
  const text = datum.toString();
  return text.endsWith("\0") ? text.replace(/\0+$/, "") : text;
}
