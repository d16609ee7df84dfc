#!/usr/bin/env listmill-hook
// The recipients of other lists of this home: section [sublists] of list.toml.
import type { Ask, Reply } from "../../../src/hook.ts";
import { recipientsFrom } from "../../../src/lists/sources/source.ts";
import { sublistRecipients } from "../../../src/lists/sources/sublists.ts";

export default function sublists(ask: Ask): Reply {
  return recipientsFrom(ask, "sublists", sublistRecipients);
}
