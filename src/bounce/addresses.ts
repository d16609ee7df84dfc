/**
 * Addresses in lines that people and programs wrote: found from each `@` outwards, so that the time
 * is linear whatever the line holds. Pure.
 */
import { canonical } from "../mail/address.ts";

/** Most characters of a local part and of a domain that are looked at. */
const LOCAL = 128;
const DOMAIN = 255;
const LONGEST = 320;

const localCharacter = /[^\s<>()[\]:;,"|\\@\p{Cc}]/u;
const domainCharacter = /[A-Za-z0-9._-]|[^\0-\x7f\s\u3000-\u303f\uff00-\uff0f]/;
/** What logs and sentences put before an address without a blank. */
const prefix =
  /^(?:(?:to|for|from|rcpt|user|recipient|address|addr)=|['`*=.!/])+/i;

/** Every address of a line, as it is written, in order. */
export function addressesIn(line: string, most = 50): string[] {
  const found: string[] = [];
  for (
    let at = line.indexOf("@");
    at >= 0 && found.length < most;
    at = line.indexOf("@", at + 1)
  ) {
    const address = addressAround(line, at);
    if (address !== undefined) found.push(address);
  }
  return found;
}

function addressAround(line: string, at: number): string | undefined {
  let start = at;
  if (line[at - 1] === '"') {
    const quote = line.lastIndexOf('"', at - 2);
    if (quote < 0 || at - quote > LOCAL) return undefined;
    start = quote;
  } else
    while (
      start > 0 &&
      at - start < LOCAL &&
      localCharacter.test(line.charAt(start - 1))
    )
      start -= 1;
  let end = at + 1;
  if (line[end] === "[") {
    const close = line.indexOf("]", end);
    if (close < 0 || close - end > 60) return undefined;
    end = close + 1;
  } else
    while (
      end < line.length &&
      end - at < DOMAIN &&
      domainCharacter.test(line.charAt(end))
    )
      end += 1;
  const local = line.slice(start, at).replace(prefix, "");
  const domain = line.slice(at + 1, end).replace(/[._-]+$/, "");
  if (local === "" || !/^[\p{L}\p{N}_[]/u.test(domain)) return undefined;
  return `${local}@${domain}`;
}

/**
 * The address of a field or of a pattern's match: `rfc822; a@b`, `<a@b>`, `a@b (comment)`.
 * @returns canonical where it can be, else as it is written; undefined where there is none
 */
export function addressOf(value: string): string | undefined {
  const text = value.slice(0, 2 * LONGEST).trim();
  const bracketed = text.endsWith(">")
    ? text.slice(text.lastIndexOf("<") + 1, -1)
    : text;
  return (
    canonical(bracketed) ??
    plain(addressesIn(text, 1)[0]) ??
    (bracketed.length <= LONGEST && UNUSABLE.test(bracketed)
      ? bracketed
      : undefined)
  );
}

/** What no host would take, but was mailed, and failed for it. */
const UNUSABLE = /^[^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+$/u;

function plain(address: string | undefined): string | undefined {
  if (address === undefined || address.length > LONGEST) return undefined;
  return canonical(address) ?? address;
}
