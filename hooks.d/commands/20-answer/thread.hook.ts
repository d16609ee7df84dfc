#!/usr/bin/env listmill-hook
// thread N
// A post out of the archive with all that belong to it.
import { archiveOf } from "../../../src/archive/retrieve.ts";
import { thread } from "../../../src/commands/archive.ts";
import { caseOf } from "../../../src/commands/case.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default async function answer(ask: Ask): Promise<Reply> {
  const asked = caseOf(ask);
  return asked && thread(asked, archiveOf(asked.site.home, asked.list.address));
}
