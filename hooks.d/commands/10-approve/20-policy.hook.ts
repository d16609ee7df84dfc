#!/usr/bin/env listmill-hook
// Who may send commands: the lines of `rules.command`, then those of `policy`. Joining, leaving,
// members and posts have rules of their own, and answers to questions need none.
import { commandsIn } from "../../../src/commands/read.ts";
import { known } from "../../../src/commands/words.ts";
import type { Ask, Reply } from "../../../src/hook.ts";
import { decide } from "../../../src/lists/policy/decide.ts";
import { factsOf } from "../../../src/lists/policy/facts.ts";

/** Commands that other rules decide about. */
const others = new Set(
  "subscribe unsubscribe who get index thread digest confirm approve reject discard free".split(
    " ",
  ),
);

export default async function policy(ask: Ask): Promise<Reply> {
  const { envelope, list, message, site } = ask;
  if (!list) return;
  const { extension = "" } = envelope;
  const asked = await commandsIn(message, extension, site.delimiters, known);
  if (asked.every(({ name }) => others.has(name))) return;
  const facts = factsOf({ ...ask, list });
  const decision = await decide("command", list.settings, facts);
  const { action, text, where, rule } = decision;
  switch (action) {
    case "accept":
    case "confirm":
      return;
    case "hold":
      return ask.hold(text || `${where}: ${rule}`);
    case "reject":
      return ask.reject(text || `${where}: ${rule}`);
    case "discard":
      return ask.discard(`${where}: ${text || rule}`);
  }
}
