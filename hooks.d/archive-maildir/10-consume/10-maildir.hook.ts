#!/usr/bin/env listmill-hook
// Delivers the post into a Maildir for an IMAP server: [archive.maildir].
import { consume } from "../../../src/archivers/asked.ts";
import { toMaildir } from "../../../src/archivers/maildir.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default function take(ask: Ask): Promise<Reply> {
  return consume(ask, ask.site.archive.maildir, toMaildir);
}
