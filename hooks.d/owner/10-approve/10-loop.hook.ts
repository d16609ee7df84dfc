#!/usr/bin/env listmill-hook
// Bounces and answers of robots do not reach the owners by LIST-owner@.
import type { Ask, Reply } from "../../../src/hook.ts";

export default function loop(ask: Ask): Reply {
  const automatic = ask.message.header.get("Auto-Submitted") ?? "no";
  if (/^\s*auto-replied\b/i.test(automatic))
    return ask.discard("an automatic reply");
  if (ask.message.header.get("X-Loop")?.includes(ask.envelope.recipient))
    return ask.discard("it has been through this address already");
}
