#!/usr/bin/env listmill-hook
// Adds the list's footer (setting `footer`) where MIME allows it: never to a signed or encrypted
// message, nor to a DKIM-signed one unless `footer_dkim` says so.
import type { Ask, Reply } from "../../../src/hook.ts";
import { addFooter } from "../../../src/mail/footer.ts";
import { dkimSigned } from "../../../src/mail/mime.ts";

export default async function footer(ask: Ask): Promise<Reply> {
  const { list, message } = ask;
  if (!list?.settings.footer) return;
  if (dkimSigned(message.header) && !list.settings.footer_dkim) return;
  const text = list.settings.footer.replaceAll("{{list}}", list.address);
  const added = await addFooter(message, text);
  return added === message ? undefined : added;
}
