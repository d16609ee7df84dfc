#!/usr/bin/env listmill-hook
// A copy for the archive (setting `archive`), as a new message to LIST-archive@.
import type { Ask } from "../../../src/hook.ts";

export default function archive(ask: Ask): void {
  if (ask.list?.settings.archive)
    ask.emit({ recipient: ask.address("archive") });
}
