/**
 * What HyperKitty takes, as Mailman's own plugin sends it: a form (RFC 7578) with the list's address and the
 * message as a file. Pure.
 */
import { randomUUID } from "node:crypto";
import type { Piece } from "../../base/pieces.ts";

export interface Form {
  readonly type: string;
  readonly body: readonly Piece[];
}

export function hyperkittyForm(list: string, message: readonly Piece[]): Form {
  // One that no stranger can have written into a message.
  const boundary = `listmill-${randomUUID()}`;
  const head = [
    `--${boundary}`,
    'Content-Disposition: form-data; name="mlist"',
    "",
    list,
    `--${boundary}`,
    'Content-Disposition: form-data; name="message"; filename="message.txt"',
    "Content-Type: message/rfc822",
    "",
    "",
  ].join("\r\n");
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    body: [
      Buffer.from(head),
      ...message,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ],
  };
}
