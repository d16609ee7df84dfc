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
      ? ask.reject(ask.text("reason-no-list", { address: envelope.recipient }))
      : ask.hold(
          "nothing says whom it is for: the MTA must write Delivered-To, X-Original-To or Envelope-To",
        );
  }
  if (!ours && !(await exists(list, site)))
    return ask.reject(ask.text("reason-no-list", { address: list.address }));
  switch (doorOf(envelope.extension ?? "", site.delimiters, ours).kind) {
    case "queue":
      return;
    case "unknown":
      return ask.reject(
        ask.text("reason-no-address", { address: envelope.recipient }),
      );
    case "closed":
      return ask.reject(
        ask.text("reason-outside", { address: envelope.recipient }),
      );
  }
}
