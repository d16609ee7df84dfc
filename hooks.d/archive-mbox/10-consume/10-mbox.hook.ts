#!/usr/bin/env listmill-hook
// Appends the post to the list's mailbox of the month: [archive.mbox].
import { consume } from "../../../src/archivers/asked.ts";
import { toMbox } from "../../../src/archivers/mbox.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default function take(ask: Ask): Promise<Reply> {
  return consume(ask, ask.site.archive.mbox, toMbox);
}
