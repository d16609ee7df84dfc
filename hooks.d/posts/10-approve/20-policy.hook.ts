#!/usr/bin/env listmill-hook
// Who may post, and what is done with a post: the lines of `rules.post`, then those of `policy`; the
// first that fits decides. `listmill policy explain` tells which one that is.
import type { Ask, List, Reply } from "../../../src/hook.ts";
import { mayBeAsked, sourceOf } from "../../../src/lists/limits.ts";
import { decide } from "../../../src/lists/policy/decide.ts";
import { factsOf } from "../../../src/lists/policy/facts.ts";
import { rosterOf } from "../../../src/lists/roster.ts";
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
  if (action !== "accept") ask.log(`${where}: ${rule}`);
  const ready = readyText(ask, list, facts.author, { where, rule });
  switch (action) {
    case "accept":
      return;
    case "hold":
      return ask.hold(ready || text || ask.text("reason-policy", {}));
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
  { where, rule }: { readonly where: string; readonly rule: string },
): string {
  if (!where.startsWith("policy ")) return "";
  if (rule === "hold if moderated")
    return ask.text("reason-watched", { author });
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

/** The author is asked, unless he has said yes. Where that cannot be, a moderator is. */
async function askAuthor(
  ask: Ask & { readonly list: List },
  author: string,
  text: string,
): Promise<Reply> {
  const { envelope, list, message, queue, site, stage } = ask;
  const passed = envelope.passed ?? [];
  const mine = `${queue}/${stage}/`;
  // What the author says yes to is this question alone; a moderator lifts all of the stage.
  if (passed.some((one) => `${one}/` === mine || one.startsWith(mine))) return;
  const why = robotic(message.header, envelope.sender);
  const unasked = (why: string) => {
    ask.log(`its author cannot be asked: ${why}`);
    return ask.hold(ask.text("reason-policy", {}));
  };
  if (author === "" || why !== undefined)
    return unasked(why ?? "nobody is named");
  if (await ask.isOurs(author)) return unasked("it is an address of ours");
  const from = sourceOf(message.header, author);
  if (!(await mayBeAsked(ask, author, from, "post")))
    return unasked("there were too many questions");
  // A stranger's subject is not carried to whoever the stranger names.
  const member = await rosterOf(site.home).get(list.address, author);
  const header = member ? message.header : message.header.remove("Subject");
  const shown = { ...ask, message: message.with({ header }) };
  const content = await authorsQuestion(shown, author);
  ask.emit({ recipient: author, content, outside: true });
  return ask.hold(text || "it waits for its author to confirm it", true);
}
