#!/usr/bin/env listmill-hook
// Who may post, and what is done with a post: the lines of `rules.post`, then those of `policy`; the
// first that fits decides. `listmill policy explain` tells which one that is.
import type { Ask, Reply } from "../../../src/hook.ts";
import { decide } from "../../../src/lists/policy/decide.ts";
import { factsOf } from "../../../src/lists/policy/facts.ts";

export default async function policy(ask: Ask): Promise<Reply> {
  const { list, ours } = ask;
  if (ours || !list) return;
  const facts = factsOf({ ...ask, list });
  const { action, text, where, rule } = await decide(
    "post",
    list.settings,
    facts,
  );
  switch (action) {
    case "accept":
      return;
    case "hold":
      return ask.hold(text || `${where}: ${rule}`);
    case "reject":
      return ask.reject(text || `This post is not for ${list.address}.`);
    case "discard":
      return ask.discard(`${where}: ${text || rule}`);
    case "confirm":
      return ask.hold(text || "waits for its author to confirm it");
  }
}
