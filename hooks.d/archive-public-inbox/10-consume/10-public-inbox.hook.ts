#!/usr/bin/env listmill-hook
// Commits the post to an inbox of public-inbox: [archive.public_inbox].
import { consume } from "../../../src/archivers/asked.ts";
import { toPublicInbox } from "../../../src/archivers/publicinbox.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default function take(ask: Ask): Promise<Reply> {
  return consume(ask, ask.site.archive.public_inbox, toPublicInbox);
}
