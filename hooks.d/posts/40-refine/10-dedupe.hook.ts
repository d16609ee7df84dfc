#!/usr/bin/env listmill-hook
// Each address once; the domain is compared without regard to case.
import type { Ask, Reply } from "../../../src/hook.ts";
import { domainOf, localOf } from "../../../src/mail/address.ts";
import { distinct } from "../../../src/state/distinct.ts";

export default function dedupe(ask: Ask): Reply {
  return distinct(
    ask.recipients(),
    (address) => `${localOf(address)}@${domainOf(address).toLowerCase()}`,
  );
}
