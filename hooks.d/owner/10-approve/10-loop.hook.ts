#!/usr/bin/env listmill-hook
// Bounces and answers of robots do not reach the owners by LIST-owner@, and nothing does twice.
import type { Ask, Reply } from "../../../src/hook.ts";
import { automaticAnswer } from "../../../src/mail/robot.ts";

export default function loop(ask: Ask): Reply {
  const { envelope, message, ours } = ask;
  const owner = ask.address("owner").toLowerCase();
  const been = message.header.all("X-Loop");
  if (been.some((value) => value.trim().toLowerCase() === owner))
    return ask.discard("it has been through this address already");
  if (ours) return;
  const why = automaticAnswer(message.header, envelope.sender);
  if (why !== undefined) return ask.discard(`an automatic answer: ${why}`);
}
