#!/usr/bin/env listmill-hook
// A post with the list's password (setting `moderation.password`) in a field Approved is not asked
// anything more; 20-edit/05-approved takes the field out.
import type { Ask, Reply } from "../../../src/hook.ts";
import { isApproved } from "../../../src/moderation/approved.ts";

export default async function approved(ask: Ask): Promise<Reply> {
  const { list, message } = ask;
  if (list && (await isApproved(message.header, list.settings)))
    return ask.skip();
}
