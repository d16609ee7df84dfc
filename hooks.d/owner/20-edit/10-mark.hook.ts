#!/usr/bin/env listmill-hook
// Marks mail to the owners, so that it does not go round.
import type { Ask, Reply } from "../../../src/hook.ts";

export default function mark({ address, message }: Ask): Reply {
  return message.with({
    header: message.header.add("X-Loop", address("owner")),
  });
}
