#!/usr/bin/env listmill-hook
// Recipients out of an LMDB file: section [dbm] of list.toml.
import type { Ask, Reply } from "../../../src/hook.ts";
import { dbmRecipients } from "../../../src/lists/sources/dbm.ts";

export default function dbm({ list, site, envelope, log }: Ask): Reply {
  if (!list?.settings.dbm) return;
  const { home } = site;
  return dbmRecipients(list.settings.dbm, {
    home,
    list,
    sender: envelope.sender,
    note: log,
    refused: (text) => log(`skipped, not an address: ${text}`),
  });
}
