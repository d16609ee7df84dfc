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
    return ask.reject(`This message has been through ${list.address} already.`);
  if (envelope.sender === "")
    return ask.reject(
      `A bounce or notification does not belong on ${list.address}.`,
    );
  const automatic = message.header.get("Auto-Submitted") ?? "no";
  if (
    /^\s*auto-notified\b/i.test(automatic) ||
    automaticAnswer(message.header, envelope.sender) !== undefined
  )
    return ask.reject(`An automatic reply does not belong on ${list.address}.`);
}
