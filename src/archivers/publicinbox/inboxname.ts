/**
 * The name of an inbox, which stands in URLs and in public-inbox's settings: `dev.lists.example.org`. Pure.
 */
import { hash } from "node:crypto";
import type { List } from "../../lists/directory.ts";

/**
 * @returns letters, digits and `_ . -`. Where the local part has others, or a dot, which could be where the
 * domain begins, eight hexadecimal digits of the address's SHA-256 follow: no two lists share a name
 */
export function inboxName({
  address,
  local,
  domain,
}: Pick<List, "address" | "local" | "domain">): string {
  const name = `${local}.${domain}`;
  if (/^[\w-]+$/.test(local) && /^[\w.-]+$/.test(domain)) return name;
  const digest = hash("sha256", address).slice(0, 8);
  return `${name.replace(/[^\w.-]/g, "_")}-${digest}`;
}
