#!/usr/bin/env listmill-hook
// Who may post, and what is done with a post: the lines of `rules.post`, then those of `policy`; the
// first that fits decides. `listmill policy explain` tells which one that is.
import { DAY } from "../../../src/commands/case.ts";
import type { Ask, List, Reply } from "../../../src/hook.ts";
import { decide } from "../../../src/lists/policy/decide.ts";
import { factsOf } from "../../../src/lists/policy/facts.ts";
import { stateOf } from "../../../src/lists/state.ts";
import { keyOf } from "../../../src/mail/address.ts";
import { robotic } from "../../../src/mail/robot.ts";
import { authorsQuestion } from "../../../src/moderation/author.ts";

export default async function policy(ask: Ask): Promise<Reply> {
  const { list, ours } = ask;
  if (ours || !list) return;
  const facts = factsOf({ ...ask, list });
  const { action, text, where, rule } = await decide(
    "post",
    list.settings,
    facts,
  );
  const ready = readyText(ask, list, facts.author, where);
  switch (action) {
    case "accept":
      return;
    case "hold":
      return ask.hold(ready || text || `${where}: ${rule}`);
    case "reject":
      return ask.reject(ready || text || ask.text("reason-policy", {}));
    case "discard":
      return ask.discard(`${where}: ${text || rule}`);
    case "confirm":
      return askAuthor({ ...ask, list }, facts.author, text);
  }
}

/** What a ready-made line says, in the language of the list; "" for a line of its own. */
function readyText(
  ask: Ask,
  { settings }: List,
  author: string,
  where: string,
): string {
  if (!where.startsWith("policy ")) return "";
  switch (settings.policy) {
    case "members":
    case "closed":
      return ask.text("reason-not-member", { author });
    case "announce":
      return ask.text("reason-not-owner", { author });
    case "moderated":
    case "open":
      return ask.text("reason-moderated", {});
  }
}

/** The author is asked, unless he has said yes. A robot, or who is asked all day, gets no question: then a moderator is. */
async function askAuthor(
  ask: Ask & { readonly list: List },
  author: string,
  text: string,
): Promise<Reply> {
  const { envelope, id, message, now, queue, site, stage } = ask;
  if (envelope.passed?.includes(`${queue}/${stage}`)) return;
  const why = robotic(message.header, envelope.sender);
  if (author === "" || why !== undefined)
    return ask.hold(`its author cannot be asked: ${why ?? "nobody is named"}`);
  const { windows } = await stateOf(site.home);
  const asked = await windows.note("asked", keyOf(author), id, now, DAY);
  if (asked >= site.answers.requests)
    return ask.hold(`${author} has been asked ${asked} times today`);
  const content = await authorsQuestion(ask, author);
  ask.emit({ recipient: author, content });
  return ask.hold(text || "it waits for its author to confirm it", true);
}
