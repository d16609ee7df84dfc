#!/usr/bin/env listmill-hook
// Gives each consumer of events a copy: the queues events-NAME that have hooks, those that come with
// listmill where [archive.NAME] is set.
import type { Ask } from "../../../src/hook.ts";
import { consumersOf } from "../../../src/lists/consumers.ts";

export default function share(ask: Ask): void {
  const { list, recipient } = ask.envelope;
  for (const queue of consumersOf(ask, "events", list ?? ""))
    ask.emit({ queue, recipient });
}
