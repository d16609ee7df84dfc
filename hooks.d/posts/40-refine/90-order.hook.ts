#!/usr/bin/env listmill-hook
// Sorts by domain, or by the mail server of the domain (setting `refine.order`), so that recipients
// of one host share their transactions.
import type { Ask, Reply } from "../../../src/hook.ts";
import { byExchange, exchanges } from "../../../src/lists/refine/mx.ts";
import { byDomain } from "../../../src/lists/refine/refining.ts";

export default async function order(ask: Ask): Promise<Reply> {
  switch (ask.list?.settings.refine.order ?? "domain") {
    case "none":
      return;
    case "domain":
      return byDomain(ask);
    case "mx":
      return byExchange(ask, exchanges);
  }
}
