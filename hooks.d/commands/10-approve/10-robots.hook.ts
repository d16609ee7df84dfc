#!/usr/bin/env listmill-hook
// No robot, list or bounce gets an answer, and none of our own addresses (RFC 3834): such a mail is
// discarded, and the log tells why.
import type { Ask, Reply } from "../../../src/hook.ts";
import { authorOf } from "../../../src/mail/message.ts";
import { robotic } from "../../../src/mail/robot.ts";

/** A moderator's answer, which only he can write: the postmaster may be one. */
const decision = /^(?:approve|reject|discard|free)[^a-z0-9][a-z2-7]{24}/i;

export default async function robots(ask: Ask): Promise<Reply> {
  const { envelope, list, message, ours } = ask;
  if (ours || !list) return ask.discard("the mill sends no commands");
  const isDecision = decision.test(envelope.extension ?? "");
  const reason = robotic(message.header, envelope.sender, !isDecision);
  if (reason !== undefined) return ask.discard(`nobody is answered: ${reason}`);
  const author = authorOf(message.header) ?? envelope.sender;
  for (const address of [envelope.sender, author])
    if (!list.settings.umbrella && (await ask.isOurs(address)))
      return ask.discard(`nobody is answered: ${address} is one of ours`);
}
