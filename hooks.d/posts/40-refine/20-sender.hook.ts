#!/usr/bin/env listmill-hook
// Leaves the author out where the list sends no own copies (setting `own_copy`,
// which a member may have otherwise).
import type { Ask, Reply } from "../../../src/hook.ts";
import { rosterOf } from "../../../src/lists/roster.ts";
import { keyOf } from "../../../src/mail/address.ts";
import { authorOf } from "../../../src/mail/message.ts";

export default function sender(ask: Ask): Reply {
  const { envelope, list, message, site } = ask;
  if (!list) return;
  const author = keyOf(authorOf(message.header) ?? envelope.sender);
  const member = rosterOf(site.home).get(list.address, author);
  if (member?.ownCopy ?? list.settings.own_copy) return;
  return without(ask.recipients(), author);
}

async function* without(addresses: AsyncIterable<string>, author: string) {
  for await (const address of addresses)
    if (keyOf(address) !== author) yield address;
}
