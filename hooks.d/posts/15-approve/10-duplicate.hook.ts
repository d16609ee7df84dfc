#!/usr/bin/env listmill-hook
// Notes the Message-ID of a post that was accepted; of two that come at once it drops the second. A stage of
// its own, for 10-approve may be cut short (10-approved).
import type { Ask, Reply } from "../../../src/hook.ts";
import { comingOf, noteSeen } from "../../../src/lists/seen.ts";

export default function duplicate(ask: Ask): Reply {
  const { envelope, ours, trial } = ask;
  const coming = comingOf(ask);
  if (ours || trial || !coming) return;
  const other = noteSeen(coming);
  // What a person has let go passes: he may have seen the other one too.
  if (other !== undefined && !envelope.passed)
    return ask.discard(
      `it came before, as posts/${other}: ${coming.messageId}`,
    );
}
