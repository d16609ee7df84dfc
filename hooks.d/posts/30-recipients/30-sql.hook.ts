#!/usr/bin/env listmill-hook
// Recipients out of an SQL database: section [sql] of list.toml.
import type { Ask, Reply } from "../../../src/hook.ts";
import { recipientsFrom } from "../../../src/lists/sources/source.ts";
import { sqlRecipients } from "../../../src/lists/sources/sql.ts";

export default function sql(ask: Ask): Reply {
  return recipientsFrom(ask, "sql", sqlRecipients);
}
