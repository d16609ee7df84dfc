#!/usr/bin/env listmill-hook
// index [N-M]
// What posts there are in the archive: the last fifty, or those of some numbers.
import { archiveOf, LISTED } from "../../../src/archive/retrieve.ts";
import { index } from "../../../src/commands/archive.ts";
import { caseOf } from "../../../src/commands/case.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default async function answer(ask: Ask): Promise<Reply> {
  const asked = caseOf(ask);
  return (
    asked &&
    index(asked, archiveOf(asked.site.home, asked.list.address, LISTED))
  );
}
