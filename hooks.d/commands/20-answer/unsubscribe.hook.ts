#!/usr/bin/env listmill-hook
// unsubscribe [ADDRESS]
// Leaving: by the link of a post at once, else the address is asked first.
import { caseOf } from "../../../src/commands/case.ts";
import { unsubscribe } from "../../../src/commands/membership.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default async function answer(ask: Ask): Promise<Reply> {
  const asked = caseOf(ask);
  return asked && unsubscribe(asked);
}
