#!/usr/bin/env listmill-hook
// Leaves out who has the post already, by To or Cc, where the list wants that (setting
// `refine.addressed`, which a member may have otherwise).
import type { Ask, Reply } from "../../../src/hook.ts";
import { without } from "../../../src/lists/refine/refining.ts";
import { rosterOf } from "../../../src/lists/roster.ts";
import { canonical, keyOf, parseAddresses } from "../../../src/mail/address.ts";

export default async function addressed(ask: Ask): Promise<Reply> {
  const { list, message, site } = ask;
  if (!list) return;
  const fields = ["To", "Cc"].flatMap((name) => message.header.all(name));
  const addresses = fields
    .flatMap(parseAddresses)
    .flatMap(({ address }) => canonical(address) ?? []);
  const members = await rosterOf(site.home).among(list.address, addresses);
  const wishes = new Map(members.map((one) => [one.key, one.duplicates]));
  const usual = list.settings.refine.addressed;
  const out = addresses.filter((one) => !(wishes.get(keyOf(one)) ?? usual));
  return out.length > 0 ? without(ask, out) : undefined;
}
