#!/usr/bin/env listmill-hook
// Recipients out of a text file: section [file] of list.toml.
import type { Ask, Reply } from "../../../src/hook.ts";
import { fileRecipients } from "../../../src/lists/sources/file.ts";

export default function file({ list, site, envelope, log }: Ask): Reply {
  if (!list?.settings.file) return;
  const { home } = site;
  return fileRecipients(list.settings.file, {
    home,
    list,
    sender: envelope.sender,
    note: log,
    refused: (text) => log(`skipped, not an address: ${text}`),
  });
}
