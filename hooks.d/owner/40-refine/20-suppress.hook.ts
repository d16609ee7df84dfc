#!/usr/bin/env listmill-hook
// Leaves out owners who are to get nothing, as for posts. Where nobody is left the message is held: it
// would be lost.
import { statSync } from "node:fs";
import type { Ask, Reply } from "../../../src/hook.ts";
import { unsuppressed } from "../../../src/lists/refine/suppress.ts";

export default async function suppress(ask: Ask): Promise<Reply> {
  const { list, site } = ask;
  if (!list) return;
  const left = await unsuppressed(ask, { home: site.home, list });
  if (left && statSync(left.file).size === 0)
    return ask.hold("all owners of the list are suppressed");
  return left;
}
