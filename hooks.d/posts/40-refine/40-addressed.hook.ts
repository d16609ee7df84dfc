#!/usr/bin/env listmill-hook
// Leaves out who has the post already, by To or Cc, where the list wants that (setting
// `refine.addressed`).
import type { Ask, Reply } from "../../../src/hook.ts";
import { without } from "../../../src/lists/refine/refining.ts";
import { canonical, parseAddresses } from "../../../src/mail/address.ts";

export default async function addressed(ask: Ask): Promise<Reply> {
  const { list, message } = ask;
  if (!list || list.settings.refine.addressed) return;
  const fields = ["To", "Cc"].flatMap((name) => message.header.all(name));
  const addresses = fields
    .flatMap(parseAddresses)
    .flatMap(({ address }) => canonical(address) ?? []);
  return addresses.length > 0 ? without(ask, addresses) : undefined;
}
