#!/usr/bin/env listmill-hook
// Tells that the post was accepted, as post.accepted in the queue events (setting `events_without`), where
// there is a consumer of events: the log has the post anyway.
import type { Ask } from "../../../src/hook.ts";
import { areHeard } from "../../../src/lists/consumers.ts";
import {
  emissionOf,
  messageIdIn,
  postShown,
} from "../../../src/lists/events.ts";

export default function event(ask: Ask): void {
  const { list, message } = ask;
  if (!list || !areHeard(ask, list.address)) return;
  const post = postShown(ask);
  const actor = {
    by: "mail",
    who: post.author,
    messageId: messageIdIn(message.header),
  } as const;
  const emission = emissionOf({ ...ask, list }, "post.accepted", actor, post);
  if (emission) ask.emit(emission);
}
