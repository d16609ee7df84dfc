#!/usr/bin/env listmill-hook
// who
// The members, for those who may see them (rules.who).
import { caseOf } from "../../../src/commands/case.ts";
import { who } from "../../../src/commands/information.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default async function answer(ask: Ask): Promise<Reply> {
  const asked = caseOf(ask);
  return asked && who(asked);
}
