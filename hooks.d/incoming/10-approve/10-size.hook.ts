#!/usr/bin/env listmill-hook
// Refuses what is larger than the site or the list takes.
import { lengthOf } from "../../../src/base/pieces.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default function size(ask: Ask): Reply {
  const { message, site, list, ours } = ask;
  if (message.headerTooLarge)
    return ask.reject(
      ask.text("reason-header-size", { most: site.limits.header }),
    );
  if (ours) return;
  const most = Math.min(
    list?.settings.message_limit ?? site.limits.message,
    site.limits.message,
  );
  const bytes = lengthOf(message.pieces());
  if (bytes > most)
    return ask.reject(ask.text("reason-size", { size: bytes, most }));
}
