#!/usr/bin/env listmill-hook
// The list's owners: those whom the setting `owners` names and those who have the role; where it has
// none, the postmaster of the site.
import type { Ask, Reply } from "../../../src/hook.ts";
import { ownersOf, postmasterOf } from "../../../src/lists/offices.ts";

export default async function owners({ list, site }: Ask): Promise<Reply> {
  return list ? ownersOf(site, list) : [postmasterOf(site)];
}
