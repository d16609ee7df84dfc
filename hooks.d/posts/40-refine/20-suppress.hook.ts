#!/usr/bin/env listmill-hook
// Leaves out who is to get nothing: the files `suppressed` of the home and of the list's folder, and
// what `listmill suppress` has added.
import type { Ask, Reply } from "../../../src/hook.ts";
import { unsuppressed } from "../../../src/lists/refine/suppress.ts";

export default async function suppress(ask: Ask): Promise<Reply> {
  const { list, site } = ask;
  return list && unsuppressed(ask, { home: site.home, list });
}
