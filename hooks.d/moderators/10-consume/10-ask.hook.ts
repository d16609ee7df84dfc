#!/usr/bin/env listmill-hook
// Something waits for a moderator: each is asked by mail. Reminds of what still waits, and ends the
// waiting of what has waited too long ([moderation] in list.toml).
import type { Ask, Reply } from "../../../src/hook.ts";
import { notify } from "../../../src/moderation/notices.ts";

export default async function asks(ask: Ask): Promise<Reply> {
  const { list, ours } = ask;
  if (!list || !ours) return ask.discard("it is no notice of the mill's own");
  await notify({ ...ask, list });
}
