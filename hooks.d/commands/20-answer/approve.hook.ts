#!/usr/bin/env listmill-hook
// approve TOKEN
// A moderator lets go what waits.
import { caseOf } from "../../../src/commands/case.ts";
import type { Ask, Reply } from "../../../src/hook.ts";
import { moderatorDecides } from "../../../src/moderation/moderator.ts";

export default async function answer(ask: Ask): Promise<Reply> {
  const asked = caseOf(ask);
  return asked && moderatorDecides({ ...asked, lists: ask.lists }, "approve");
}
