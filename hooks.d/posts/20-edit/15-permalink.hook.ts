#!/usr/bin/env listmill-hook
// Archived-At (RFC 5064): where the post is found on the web, if [archive] permalink is set and it is archived.
import { wantsNoArchive } from "../../../src/archive/wish.ts";
import type { Ask, Reply } from "../../../src/hook.ts";
import { permalinkOf } from "../../../src/lists/permalink.ts";

export default function permalink(ask: Ask): Reply {
  const { list, message, site } = ask;
  if (!list?.settings.archive) return;
  if (list.settings.no_archive && wantsNoArchive(message.header)) return;
  const link = permalinkOf(site, list, message.header);
  if (link === undefined) return;
  // Other archives may have said where it is found there.
  const header = message.header.add("Archived-At", `<${link}>`);
  return message.with({ header });
}
