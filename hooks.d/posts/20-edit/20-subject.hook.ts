#!/usr/bin/env listmill-hook
// Puts the list's prefix before the subject (setting `subject_prefix`), once.
import type { Ask, Reply } from "../../../src/hook.ts";
import { prefixed } from "../../../src/lists/marks.ts";

export default function subject(ask: Ask): Reply {
  const prefix = ask.list?.settings.subject_prefix.trim();
  if (!prefix) return;
  const header = prefixed(ask.message.header, prefix);
  return header && ask.message.with({ header });
}
