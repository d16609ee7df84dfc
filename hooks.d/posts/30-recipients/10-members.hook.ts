#!/usr/bin/env listmill-hook
// The members of the list who take single posts.
import type { Ask, Reply } from "../../../src/hook.ts";
import { rosterOf } from "../../../src/lists/roster.ts";

export default function members({ list, site }: Ask): Reply {
  return list && rosterOf(site.home).addresses(list.address, "posts");
}
