#!/usr/bin/env listmill-hook
// Who may post: members, anyone, or the owners (setting `post`); what happens to others is the
// setting `others`. Members are those of the roster and those whom the sources bring.
import type { Ask, Reply } from "../../../src/hook.ts";
import { mayPost } from "../../../src/lists/posting.ts";
import { authorOf } from "../../../src/mail/message.ts";

export default async function members(ask: Ask): Promise<Reply> {
  const { envelope, list, message, ours } = ask;
  if (ours || !list) return;
  const author = authorOf(message.header) ?? envelope.sender;
  if (await mayPost({ ...ask, list }, author)) return;
  const who = list.settings.policy === "members" ? "members" : "owners";
  const reason = `Only ${who} may post to ${list.address}, and ${author || "the author"} is not one.`;
  switch (list.settings.others) {
    case "reject":
      return ask.reject(reason);
    case "hold":
      return ask.hold(reason);
    case "discard":
      return ask.discard(reason);
  }
}
