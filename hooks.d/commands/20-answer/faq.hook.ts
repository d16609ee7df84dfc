#!/usr/bin/env listmill-hook
// faq
// What people ask: the text faq of the list.
import { caseOf } from "../../../src/commands/case.ts";
import { faq } from "../../../src/commands/information.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default async function answer(ask: Ask): Promise<Reply> {
  const asked = caseOf(ask);
  return asked && faq(asked);
}
