#!/usr/bin/env listmill-hook
// Recipients out of a DBM file: section [dbm] of list.toml.
import type { Ask, Reply } from "../../../src/hook.ts";
import { dbmRecipients } from "../../../src/lists/sources/dbm.ts";
import { recipientsFrom } from "../../../src/lists/sources/source.ts";

export default function dbm(ask: Ask): Reply {
  return recipientsFrom(ask, "dbm", dbmRecipients);
}
