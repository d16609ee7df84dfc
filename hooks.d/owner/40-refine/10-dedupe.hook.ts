#!/usr/bin/env listmill-hook
// Each owner once.
import type { Ask, Reply } from "../../../src/hook.ts";
import { once } from "../../../src/lists/refine/refining.ts";

export default function dedupe(ask: Ask): Promise<Reply> {
  return once(ask, ask.list?.settings.refine.local_part ?? "exact");
}
