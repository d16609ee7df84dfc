#!/usr/bin/env listmill-hook
// Holds a post to more recipients than the setting `refine.cap` allows.
import type { Ask, Reply } from "../../../src/hook.ts";
import { counted } from "../../../src/lists/refine/refining.ts";

export default async function cap(ask: Ask): Promise<Reply> {
  const most = ask.list?.settings.refine.cap ?? 0;
  const count = most > 0 ? await counted(ask) : 0;
  if (count > most)
    return ask.hold(
      `the list has ${count} recipients, more than ${most} (refine.cap)`,
    );
}
