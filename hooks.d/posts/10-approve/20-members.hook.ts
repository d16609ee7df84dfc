#!/usr/bin/env listmill-hook
// Who may post: members, anyone, or the owners (setting `post`); what happens to others is the
// setting `others`.
import type { Ask, Reply } from "../../../src/hook.ts";
import { rosterOf } from "../../../src/lists/roster.ts";
import { keyOf } from "../../../src/mail/address.ts";
import { authorOf } from "../../../src/mail/message.ts";

export default function members(ask: Ask): Reply {
  const { envelope, list, message, ours, site } = ask;
  if (ours || !list || list.settings.post === "anyone") return;
  const author = authorOf(message.header) ?? envelope.sender;
  const owners = list.settings.owners.map(keyOf);
  if (owners.includes(keyOf(author))) return;
  if (
    list.settings.post === "members" &&
    rosterOf(site.home).get(list.address, author)
  )
    return;
  const who = list.settings.post === "members" ? "members" : "owners";
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
