#!/usr/bin/env listmill-hook
// A copy for the digest (setting `digest.enabled`), as a new message to LIST-digest@;
// a list without readers of digests collects none.
import type { Ask, Reply } from "../../../src/hook.ts";
import { rosterOf } from "../../../src/lists/roster.ts";

export default async function digest(ask: Ask): Promise<Reply> {
  const { list, site } = ask;
  if (!list?.settings.digest.enabled) return;
  const readers = await rosterOf(site.home).readers(list.address, [
    "digest-mime",
    "digest-plain",
  ]);
  if (readers > 0) ask.emit({ recipient: ask.address("digest") });
}
