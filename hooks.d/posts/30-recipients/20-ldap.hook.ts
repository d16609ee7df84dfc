#!/usr/bin/env listmill-hook
// Recipients out of an LDAP directory: section [ldap] of list.toml.
import type { Ask, Reply } from "../../../src/hook.ts";
import { ldapRecipients } from "../../../src/lists/sources/ldap.ts";
import { recipientsFrom } from "../../../src/lists/sources/source.ts";

export default function ldap(ask: Ask): Reply {
  return recipientsFrom(ask, "ldap", ldapRecipients);
}
