#!/usr/bin/env listmill-hook
// confirm TOKEN
// The answer of an address that was asked: what it was asked about is done now.
import { caseOf } from "../../../src/commands/case.ts";
import { confirm } from "../../../src/commands/confirm.ts";
import type { Ask, Reply } from "../../../src/hook.ts";
import { authorDecides } from "../../../src/moderation/author.ts";

export default async function answer(ask: Ask): Promise<Reply> {
  const asked = caseOf(ask);
  if (!asked) return;
  const author = { ...asked, lists: ask.lists };
  return confirm(asked, (tail) => authorDecides(author, tail, "approve"));
}
