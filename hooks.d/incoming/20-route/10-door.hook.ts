#!/usr/bin/env listmill-hook
// Which queue: the door that the address is of its list, or out to a person.
import type { Ask, Reply } from "../../../src/hook.ts";
import { doorOf } from "../../../src/receipt/door.ts";

export default function door(ask: Ask): Reply {
  const { envelope, list, ours, site } = ask;
  // Whatever was skipped before: mail from outside never leaves for outside.
  if (!list) return ours ? "outbound" : undefined;
  const found = doorOf(envelope.extension ?? "", site.delimiters, ours);
  return found.kind === "queue" ? found.queue : undefined;
}
