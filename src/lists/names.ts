/**
 * The folders in lists/ that are lists or domains, by their names: addresses come from strangers, and
 * none may lead anywhere else. Pure.
 */
import { keyOf } from "../mail/address.ts";

/** An address that is safe as a folder's name and not that of a whole domain, `@domain`. */
export function isListName(name: string): boolean {
  const at = name.lastIndexOf("@");
  return (
    at > 0 &&
    at < name.length - 1 &&
    name.length <= 255 &&
    !name.startsWith(".") &&
    name === keyOf(name) &&
    !/[/\p{Cc}]/u.test(name)
  );
}

/** The name of a folder of a domain; one with a list.toml has lists on demand. */
export function isDomainName(name: string): boolean {
  return /^@[^@/\s\p{Cc}]+$/u.test(name) && name === keyOf(name);
}
