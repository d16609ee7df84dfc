#!/usr/bin/env listmill-hook
// Stops loops: a post of this list that came back, answers of robots, and bounces sent to the
// posting address.
import type { Ask, Reply } from "../../../src/hook.ts";
import { isMarkedBy } from "../../../src/lists/marks.ts";
import { automaticAnswer } from "../../../src/mail/robot.ts";

export default function loop(ask: Ask): Reply {
  const { envelope, list, message, ours } = ask;
  if (ours || !list || envelope.extension) return;
  if (isMarkedBy(list, message.header))
    return ask.reject(ask.text("reason-loop", {}));
  if (envelope.sender === "") return ask.reject(ask.text("reason-bounce", {}));
  const automatic = message.header.get("Auto-Submitted") ?? "no";
  if (
    /^\s*auto-notified\b/i.test(automatic) ||
    automaticAnswer(message.header, envelope.sender) !== undefined
  )
    return ask.reject(ask.text("reason-automatic", {}));
}
