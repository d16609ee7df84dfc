#!/usr/bin/env listmill-hook
// Tells the author that the post has gone out, where he has wished so (set acknowledge on).
import type { Ask, Reply } from "../../../src/hook.ts";
import { letter } from "../../../src/lists/letter.ts";
import { mayBeWritten } from "../../../src/lists/limits.ts";
import { rosterOf } from "../../../src/lists/roster.ts";
import { authorOf } from "../../../src/mail/message.ts";

export default async function acknowledge(ask: Ask): Promise<Reply> {
  const { list, message, ours, site } = ask;
  const author = authorOf(message.header);
  if (ours || !list || !author) return;
  const member = await rosterOf(site.home).get(list.address, author);
  if (!member?.acknowledge) return;
  const { address, language } = member;
  const reader = { address, languages: [language] };
  const subject = message.header.text("Subject");
  const words = { subject, request: ask.address("request") };
  const content = letter({ ...ask, list }, reader, "acknowledged", words);
  if (await mayBeWritten({ ...ask, list }, address, "acknowledged"))
    ask.emit({ recipient: address, content, outside: true });
}
