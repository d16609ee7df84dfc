#!/usr/bin/env listmill-hook
// A copy for the archive (setting `archive`), as a new message to LIST-archive@; none of a post that
// asks to be left out (setting `no_archive`).
import { wantsNoArchive } from "../../../src/archive/wish.ts";
import type { Ask } from "../../../src/hook.ts";

export default function archive(ask: Ask): void {
  const { list, message, log } = ask;
  if (!list?.settings.archive) return;
  if (list.settings.no_archive && wantsNoArchive(message.header))
    log("it asks not to be archived");
  else ask.emit({ recipient: ask.address("archive") });
}
