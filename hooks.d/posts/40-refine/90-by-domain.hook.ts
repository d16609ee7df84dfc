#!/usr/bin/env listmill-hook
// Sorts by domain, so that recipients of one host share their transactions.
import type { Ask, Reply } from "../../../src/hook.ts";
import { domainOf, localOf } from "../../../src/mail/address.ts";
import { ordered } from "../../../src/state/distinct.ts";

export default function byDomain(ask: Ask): Reply {
  return ordered(
    ask.recipients(),
    (address) => `${domainOf(address)}\0${localOf(address)}`,
  );
}
