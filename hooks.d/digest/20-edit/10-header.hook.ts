#!/usr/bin/env listmill-hook
// The list's header fields (RFC 2919, RFC 2369), and away with what belongs to one delivery only.
// The body is not touched.
import type { Ask, Reply } from "../../../src/hook.ts";
import { marked } from "../../../src/lists/marks.ts";
import { messageId } from "../../../src/mail/compose.ts";

export default function header(ask: Ask): Reply {
  const { list, message, id, site } = ask;
  if (!list) return;
  const fields = marked(list, message.header, ask.address);
  return message.with({
    header: fields.has("Message-ID")
      ? fields
      : fields.add("Message-ID", messageId(id, site.hostname)),
  });
}
