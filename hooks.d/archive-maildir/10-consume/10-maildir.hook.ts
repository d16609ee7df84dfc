#!/usr/bin/env listmill-hook
// Delivers the post into a Maildir for an IMAP server: [archive.maildir].
import { consume } from "../../../src/consumers/asked.ts";
import { toMaildir } from "../../../src/consumers/maildir.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default function take(ask: Ask): Promise<Reply> {
  return consume(ask, ask.site.archive.maildir, toMaildir);
}
