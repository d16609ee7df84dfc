#!/usr/bin/env listmill-hook
// Tells the log of what has happened to a list: one line an event.
import { bytes } from "../../../src/base/pieces.ts";
import type { Ask } from "../../../src/hook.ts";
import { eventLine } from "../../../src/lists/events.ts";

export default async function log({ log, message }: Ask): Promise<void> {
  const body = await bytes(message.body, 64 * 1024);
  log(eventLine(body.toString()) ?? message.header.text("Subject"));
}
