#!/usr/bin/env listmill-hook
// get N[-M]
// Posts out of the archive by their numbers: 5, 5-10.
import { archiveOf } from "../../../src/archive/retrieve.ts";
import { get } from "../../../src/commands/archive.ts";
import { caseOf } from "../../../src/commands/case.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default async function answer(ask: Ask): Promise<Reply> {
  const asked = caseOf(ask);
  return asked && get(asked, archiveOf(asked.site.home, asked.list.address));
}
