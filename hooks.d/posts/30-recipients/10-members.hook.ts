#!/usr/bin/env listmill-hook
// The members of the list who take single posts.
import type { Ask, Reply } from "../../../src/hook.ts";
import { rosterOf } from "../../../src/lists/roster.ts";

export default async function members(ask: Ask): Promise<Reply> {
  const { list, site } = ask;
  if (!list) return;
  return rosterOf(site.home).addressFile(list.address, "posts", ask.scratch());
}
