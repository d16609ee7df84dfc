#!/usr/bin/env listmill-hook
// Who may send commands: the lines of `rules.command`, then those of `policy`. Joining, leaving,
// members and posts have rules of their own, and answers to questions need none.
import { commandsIn } from "../../../src/commands/read.ts";
import { answers } from "../../../src/commands/words.ts";
import { wordsOf } from "../../../src/engine/answering.ts";
import { listPipeline } from "../../../src/engine/layers.ts";
import type { Ask, List, Reply } from "../../../src/hook.ts";
import { decide } from "../../../src/lists/policy/decide.ts";
import { factsOf } from "../../../src/lists/policy/facts.ts";
import { keyOf } from "../../../src/mail/address.ts";
import { layersOf } from "../../../src/mill.ts";

/** Commands that other rules decide about. */
const others = new Set([
  ..."subscribe unsubscribe who get index thread digest".split(" "),
  ...answers,
]);

export default async function policy(ask: Ask): Promise<Reply> {
  const { list } = ask;
  if (!list || (await isForOthers({ ...ask, list }))) return;
  const facts = factsOf({ ...ask, list });
  const decision = await decide("command", list.settings, facts);
  const { action, text, where, rule } = decision;
  switch (action) {
    case "accept":
      return;
    case "hold":
      return ask.hold(text || ask.text("reason-policy", {}));
    case "confirm":
    case "reject":
      // What is said of the author would be told to whoever names him.
      if (keyOf(facts.author) !== keyOf(ask.envelope.sender))
        return ask.discard(`${where}: ${rule}, and another one has sent it`);
      return ask.reject(text || ask.text("reason-policy", {}));
    case "discard":
      return ask.discard(`${where}: ${text || rule}`);
  }
}

/** Whether all that is asked for is decided elsewhere. It is read as the answering stages read it. */
async function isForOthers({
  envelope,
  list,
  message,
  queue,
  site,
}: Ask & { readonly list: List }): Promise<boolean> {
  const { extension = "" } = envelope;
  const { stages } = listPipeline(queue, layersOf(site, list));
  for (const stage of stages) {
    if (stage.verb !== "answer") continue;
    const words = wordsOf(stage);
    const asked = await commandsIn(message, extension, site.delimiters, words);
    if (!asked.every(({ name }) => others.has(name))) return false;
  }
  return true;
}
