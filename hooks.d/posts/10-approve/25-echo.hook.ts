#!/usr/bin/env listmill-hook
// Stops a program that answers whatever the list sends it, where answers go to the list (`reply_to`): the
// 21st post of one author within ten minutes waits for a moderator, and so do all that follow.
import type { Ask, Reply } from "../../../src/hook.ts";
import { aboveSelf, POSTS } from "../../../src/lists/policy/echo.ts";
import { factsOf } from "../../../src/lists/policy/facts.ts";
import { windowsOf } from "../../../src/lists/policy/windows.ts";
import { authorOf } from "../../../src/mail/message.ts";
import { heldQuietly } from "../../../src/moderation/quietly.ts";
import { personRoles } from "../../../src/state/member.ts";

export default async function echo(ask: Ask): Promise<Reply> {
  const { id, list, message, envelope, now, ours, site, trial } = ask;
  if (ours || list?.settings.reply_to !== "list") return;
  const author = authorOf(message.header) ?? envelope.sender;
  const post = { list: list.address, author, id, now, trial };
  const above = await aboveSelf(await windowsOf(site.home), post);
  if (above === 0) return;
  const facts = factsOf({ ...ask, list });
  if ((await facts.person())?.moderation === "free") return;
  for (const role of personRoles) if (await facts.hasRole(role)) return;
  if (above > 1) await heldQuietly({ ...ask, list });
  ask.log(
    `${author} has posted ${POSTS} times within 10 minutes: it may be a program that answers its own answers`,
  );
  // Moderators are told of the first; `listmill held` and reminders show the others.
  return ask.hold(ask.text("reason-echo", { author }), above > 1);
}
