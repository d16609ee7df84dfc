#!/usr/bin/env listmill-hook
// subscribe [digest|digest-plain|nomail] [ADDRESS]
// Joining: the address is asked first (double opt-in).
import { caseOf } from "../../../src/commands/case.ts";
import { subscribe } from "../../../src/commands/membership.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default async function answer(ask: Ask): Promise<Reply> {
  const asked = caseOf(ask);
  return asked && subscribe(asked);
}
