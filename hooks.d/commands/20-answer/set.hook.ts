#!/usr/bin/env listmill-hook
// set digest|nomail|vacation until 2026-12-24 …
// What members choose for themselves: the address is asked first.
import { caseOf } from "../../../src/commands/case.ts";
import { set } from "../../../src/commands/membership.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default async function answer(ask: Ask): Promise<Reply> {
  const asked = caseOf(ask);
  return asked && set(asked);
}
