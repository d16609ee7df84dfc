#!/usr/bin/env listmill-hook
// An issue goes to the members who read digests, in the form that each has chosen.
import type { Ask, Reply } from "../../../src/hook.ts";
import { rosterOf } from "../../../src/lists/roster.ts";

export default async function readers(ask: Ask): Promise<Reply> {
  const { envelope, list, site } = ask;
  const form = /^digest.(mime|plain)$/.exec(envelope.extension ?? "")?.[1];
  if (!list || !form) return;
  const delivery = form === "mime" ? "digest-mime" : "digest-plain";
  return rosterOf(site.home).addressFile(list.address, delivery, ask.scratch());
}
