#!/usr/bin/env listmill-hook
// help
// What commands there are.
import { caseOf } from "../../../src/commands/case.ts";
import { help } from "../../../src/commands/information.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default async function answer(ask: Ask): Promise<Reply> {
  const asked = caseOf(ask);
  return asked && help(asked);
}
