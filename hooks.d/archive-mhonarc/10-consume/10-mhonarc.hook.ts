#!/usr/bin/env listmill-hook
// Has MHonArc make a page of the post: [archive.mhonarc].
import { consume } from "../../../src/archivers/asked.ts";
import { toMhonarc } from "../../../src/archivers/mhonarc.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default function take(ask: Ask): Promise<Reply> {
  return consume(ask, ask.site.archive.mhonarc, toMhonarc);
}
