#!/usr/bin/env listmill-hook
// Recipients out of an SQL database: section [sql] of list.toml.
import type { Ask, Reply } from "../../../src/hook.ts";
import { sqlRecipients } from "../../../src/lists/sources/sql.ts";

export default function sql({ list, site, envelope, log }: Ask): Reply {
  if (!list?.settings.sql) return;
  const { home } = site;
  return sqlRecipients(list.settings.sql, {
    home,
    list,
    sender: envelope.sender,
    note: log,
    refused: (text) => log(`skipped, not an address: ${text}`),
  });
}
