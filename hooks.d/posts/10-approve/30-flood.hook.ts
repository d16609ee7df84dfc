#!/usr/bin/env listmill-hook
// Counts the posts that were accepted without a person who let them go. When more come than `flood.posts`
// within `flood.window`, all posts wait for a moderator until `listmill list calm`; the owners are told once.
import type { Ask, Reply } from "../../../src/hook.ts";
import { letter } from "../../../src/lists/letter.ts";
import { noteAuthor } from "../../../src/lists/policy/authors.ts";
import { longestWindow } from "../../../src/lists/policy/decide.ts";
import { floodAt } from "../../../src/lists/policy/flood.ts";
import { windowsOf } from "../../../src/lists/policy/windows.ts";
import { authorOf } from "../../../src/mail/message.ts";
import { heldQuietly } from "../../../src/moderation/quietly.ts";

export default async function flood(ask: Ask): Promise<Reply> {
  const { id, list, message, envelope, now, ours, site, trial } = ask;
  if (ours || !list) return;
  // Its hold would be lifted: a flood could begin with it, and nobody would hear of it.
  if (envelope.passed?.includes(`${ask.queue}/${ask.stage}`)) return;
  const { posts, window } = list.settings.flood;
  const byAuthor = longestWindow("post", list.settings);
  if (posts === 0 && byAuthor === 0) return;
  const windows = await windowsOf(site.home);
  const limit = { posts, window };
  const coming = { list: list.address, id, now, limit, trial };
  const state = posts === 0 ? "calm" : await floodAt(windows, coming);
  if (state === "calm") {
    const author = authorOf(message.header) ?? envelope.sender;
    const post = { list: list.address, author, id };
    if (byAuthor > 0 && !trial) await noteAuthor(windows, post, now, byAuthor);
    return;
  }
  if (state === "begins") {
    const owner = ask.address("owner");
    const content = letter({ ...ask, list }, { address: owner }, "flood", {
      posts,
      window,
      calm: `listmill list calm ${list.address}`,
    });
    ask.emit({ recipient: owner, content });
  } else await heldQuietly({ ...ask, list });
  // Moderators are asked about the first; the rest stands in what reminds them.
  return ask.hold(ask.text("reason-flood", {}), state !== "begins");
}
