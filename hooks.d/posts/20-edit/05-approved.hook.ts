#!/usr/bin/env listmill-hook
// Takes the list's password out, before anybody sees the post.
import type { Ask, Reply } from "../../../src/hook.ts";
import { withoutApproval } from "../../../src/moderation/approved.ts";

export default function approved({ message }: Ask): Reply {
  const header = withoutApproval(message.header);
  return header === message.header ? undefined : message.with({ header });
}
