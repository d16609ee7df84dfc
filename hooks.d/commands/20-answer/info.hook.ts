#!/usr/bin/env listmill-hook
// info
// What the list is about: the text info of the list.
import { caseOf } from "../../../src/commands/case.ts";
import { info } from "../../../src/commands/information.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default async function answer(ask: Ask): Promise<Reply> {
  const asked = caseOf(ask);
  return asked && info(asked);
}
