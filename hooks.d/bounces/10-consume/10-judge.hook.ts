#!/usr/bin/env listmill-hook
// Reads what came back, notes whom it is about, and does what the list's settings say about members
// whose mail comes back for good (docs/bounces.md).
import { consume } from "../../../src/bounce/judge/consume.ts";
import type { Ask, Reply } from "../../../src/hook.ts";
import { found } from "../../../src/receipt/door.ts";

export default async function judge(ask: Ask): Promise<Reply> {
  // What is noted would last.
  if (ask.trial) return;
  await consume(ask, (address) => found(ask.lists, ask.site, address));
}
