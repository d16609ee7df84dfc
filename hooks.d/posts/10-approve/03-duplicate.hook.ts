#!/usr/bin/env listmill-hook
// Drops a post whose Message-ID the list has accepted within a day, or of which one is still queued. It only
// looks; 15-approve/10-duplicate notes what was accepted, so that a copy that is refused stops no other.
import type { Ask, Reply } from "../../../src/hook.ts";
import { comingOf, seenBefore } from "../../../src/lists/seen.ts";

export default function duplicate(ask: Ask): Reply {
  const { envelope, ours, trial } = ask;
  const coming = comingOf(ask);
  // What a person has let go has been seen, by him.
  if (ours || trial || !coming || envelope.passed) return;
  const other = seenBefore(coming);
  if (other !== undefined)
    return ask.discard(
      `it came before, as posts/${other}: ${coming.messageId}`,
    );
}
