#!/usr/bin/env listmill-hook
// Hands the message to the MTA, at most [outbound] rate messages a minute.
import type { Ask, Reply } from "../../../src/hook.ts";
import { carry } from "../../../src/outbound/carry.ts";

export default function smtp(ask: Ask): Reply {
  return carry(ask);
}
