#!/usr/bin/env listmill-hook
// The members of the list who take single posts.
import type { Ask, Reply } from "../../../src/hook.ts";
import { addresses } from "../../../src/lists/rosters.ts";

export default function members({ list, site }: Ask): Reply {
  return list && addresses(site.home, list.address, "posts");
}
