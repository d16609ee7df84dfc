/**
 * Posts that bring their approval along: a field `Approved` with the list's password. Whether it is
 * the right one or not, nobody else gets to see it.
 */

import { isPassword } from "../lists/password.ts";
import type { ListSettings } from "../lists/schema/list.ts";
import type { Header } from "../mail/header.ts";

const fields = ["Approved", "Approve", "X-Approved", "X-Approve"];

/** Whether a post has the list's password in it. */
export async function isApproved(
  header: Header,
  { moderation }: Pick<ListSettings, "moderation">,
): Promise<boolean> {
  const { password } = moderation;
  if (password === undefined) return false;
  for (const name of fields) {
    const given = header.get(name);
    if (given !== undefined) return isPassword(given.trim(), password);
  }
  return false;
}

/** The header without what may be a password; the same where there is none. */
export function withoutApproval(header: Header): Header {
  return fields.some((name) => header.has(name))
    ? header.remove(...fields)
    : header;
}
