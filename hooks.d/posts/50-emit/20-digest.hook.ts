#!/usr/bin/env listmill-hook
// A copy for the digest (setting `digest.enabled`), as a new message to LIST-digest@;
// a list that nobody reads digests of collects none.
import { wanted } from "../../../src/digest/readers.ts";
import type { Ask, Reply } from "../../../src/hook.ts";
import { rosterOf } from "../../../src/lists/roster.ts";

export default async function digest(ask: Ask): Promise<Reply> {
  const { list, site } = ask;
  if (!list?.settings.digest.enabled) return;
  const roster = rosterOf(site.home);
  const asOf = ask.asOf ?? (await roster.last(list.address));
  if (await wanted(roster, list.address, asOf))
    ask.emit({ recipient: ask.address("digest"), asOf });
}
