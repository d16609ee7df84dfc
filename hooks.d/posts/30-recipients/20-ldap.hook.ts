#!/usr/bin/env listmill-hook
// Recipients out of an LDAP directory: section [ldap] of list.toml.
import type { Ask, Reply } from "../../../src/hook.ts";
import { ldapRecipients } from "../../../src/lists/sources/ldap.ts";

export default function ldap({ list, site, envelope, log }: Ask): Reply {
  if (!list?.settings.ldap) return;
  const { home } = site;
  return ldapRecipients(list.settings.ldap, {
    home,
    list,
    sender: envelope.sender,
    note: log,
    refused: (text) => log(`skipped, not an address: ${text}`),
  });
}
