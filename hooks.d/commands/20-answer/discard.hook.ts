#!/usr/bin/env listmill-hook
// discard TOKEN
// A moderator drops what waits, or an author a post that is not his; nobody is told.
import { caseOf } from "../../../src/commands/case.ts";
import type { Ask, Reply } from "../../../src/hook.ts";
import { authorDiscards } from "../../../src/moderation/author.ts";
import { moderatorDecides } from "../../../src/moderation/moderator.ts";

export default async function answer(ask: Ask): Promise<Reply> {
  const asked = caseOf(ask);
  if (!asked || (await authorDiscards({ ...asked, lists: ask.lists }))) return;
  return moderatorDecides({ ...asked, lists: ask.lists }, "discard");
}
