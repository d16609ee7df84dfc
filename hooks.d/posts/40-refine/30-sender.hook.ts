#!/usr/bin/env listmill-hook
// Leaves the author out where the list sends no own copies (setting `own_copy`,
// which a member may have otherwise).
import type { Ask, Reply } from "../../../src/hook.ts";
import { without } from "../../../src/lists/refine/refining.ts";
import { rosterOf } from "../../../src/lists/roster.ts";
import { authorOf } from "../../../src/mail/message.ts";

export default async function sender(ask: Ask): Promise<Reply> {
  const { envelope, list, message, site } = ask;
  if (!list) return;
  const author = authorOf(message.header) ?? envelope.sender;
  const member = await rosterOf(site.home).get(list.address, author);
  if (member?.ownCopy ?? list.settings.own_copy) return;
  return without(ask, [author]);
}
