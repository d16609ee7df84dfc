#!/usr/bin/env listmill-hook
// The list's owners, or where it has none, the postmaster of the site.
import type { Ask, Reply } from "../../../src/hook.ts";

export default function owners({ list, site }: Ask): Reply {
  const owners = list?.settings.owners ?? [];
  if (owners.length > 0) return owners;
  return [site.postmaster ?? `postmaster@${list?.domain ?? site.hostname}`];
}
