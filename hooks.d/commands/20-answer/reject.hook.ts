#!/usr/bin/env listmill-hook
// reject TOKEN
// A moderator refuses what waits; what the mail says is the reason that its author is told.
import { caseOf } from "../../../src/commands/case.ts";
import type { Ask, Reply } from "../../../src/hook.ts";
import { moderatorDecides } from "../../../src/moderation/moderator.ts";

export default async function answer(ask: Ask): Promise<Reply> {
  const asked = caseOf(ask);
  return asked && moderatorDecides({ ...asked, lists: ask.lists }, "reject");
}
