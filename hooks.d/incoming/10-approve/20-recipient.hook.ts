#!/usr/bin/env listmill-hook
// Refuses mail to what is no list, and mail from outside to the mill's own streams.
import type { Ask, Reply } from "../../../src/hook.ts";
import { exists } from "../../../src/lists/demand.ts";
import { doorOf } from "../../../src/receipt/door.ts";

export default async function recipient(ask: Ask): Promise<Reply> {
  const { envelope, list, ours, site } = ask;
  if (!list) {
    // A message of the mill to a person outside.
    if (ours && envelope.recipient) return;
    return envelope.recipient
      ? ask.reject(`There is no list ${envelope.recipient} here.`)
      : ask.hold(
          "nothing says whom it is for: the MTA must write Delivered-To, X-Original-To or Envelope-To",
        );
  }
  if (!ours && !(await exists(list, site)))
    return ask.reject(`There is no list ${list.address} here.`);
  switch (doorOf(envelope.extension ?? "", site.delimiters, ours).kind) {
    case "queue":
      return;
    case "unknown":
      return ask.reject(`There is no address ${envelope.recipient} here.`);
    case "closed":
      return ask.reject(`${envelope.recipient} takes no mail from outside.`);
  }
}
