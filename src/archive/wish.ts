/** Whether the author of a post wants it in no archive. Pure. */
import type { Header } from "../mail/header.ts";

/**
 * Any X-No-Archive but one that says no, as GNU Mailman takes it, or Archive: no (RFC 5536 §3.2.2), where
 * parameters may follow.
 */
export function wantsNoArchive(header: Pick<Header, "get">): boolean {
  const own = header.get("X-No-Archive");
  if (own !== undefined && !/^\s*no\b/i.test(own)) return true;
  return /^\s*no\b/i.test(header.get("Archive") ?? "");
}
