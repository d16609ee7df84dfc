#!/usr/bin/env listmill-hook
// Drops a post whose Message-ID the list has seen within a day, or of which one is still queued.
import { join } from "node:path";
import type { Ask, Reply } from "../../../src/hook.ts";
import { seenBefore } from "../../../src/lists/seen.ts";
import { hasEntry } from "../../../src/spool/operator.ts";
import { Spool } from "../../../src/spool/spool.ts";

export default function duplicate(ask: Ask): Reply {
  const { envelope, id, list, message, now, ours, site, trial } = ask;
  const messageId = message.header.get("Message-ID");
  // What a person has let go has been seen, by him.
  if (ours || trial || !list || !messageId || envelope.passed) return;
  const spool = new Spool(join(site.home, "spool"));
  const other = seenBefore({
    archiveDir: join(site.home, "archive", list.address),
    messageId,
    id,
    now,
    isQueued: (entry) =>
      ["posts", "held"].some((queue) => hasEntry(spool, queue, entry)),
  });
  if (other !== undefined)
    return ask.discard(`it came before, as posts/${other}: ${messageId}`);
}
