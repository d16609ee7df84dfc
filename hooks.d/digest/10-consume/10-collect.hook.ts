#!/usr/bin/env listmill-hook
// Collects posts for the digest. When it is due by number, size, age or time ([digest] in list.toml), or
// an operator asks, the issue is built in both forms and re-injected to its readers.
import { issuedBy } from "../../../src/digest/event.ts";
import { collectOrIssue } from "../../../src/digest/stream.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default async function collect(ask: Ask): Promise<Reply> {
  const { list, site, envelope, id, message } = ask;
  if (!list) return ask.reject("a digest takes posts of lists only");
  for (const emission of await collectOrIssue({
    site,
    list,
    id,
    now: ask.now,
    received: new Date(envelope.received),
    extension: (envelope.extension ?? "").replace(/^digest.?/, ""),
    byHand: envelope.origin === "operator",
    asOf: envelope.asOf,
    content: message.pieces(),
    address: ask.address,
    scratch: ask.scratch,
    log: ask.log,
  }))
    ask.emit(emission);
  const issued = await issuedBy({ ...ask, list });
  if (issued) ask.emit(issued);
}
