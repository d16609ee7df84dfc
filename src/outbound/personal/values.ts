/**
 * What a recipient's message has of its own: the token that unsubscribes, made a batch at a time,
 * and the words that fill in the list's settings. Nothing of it is ever stored.
 */
import type { Words } from "../../lists/braces.ts";
import type { Personal } from "../../lists/schema/personal.ts";
import { type Stamping, stamped } from "../../lists/stamps.ts";

export interface Values {
  /** The stamp that tells who unsubscribes; "" for what is no address. */
  readonly token: string;
  /** `LIST-unsubscribe+TOKEN@host`, or everybody's where the list's name leaves no room for it. */
  readonly mailbox: string;
}

/**
 * The values of a batch of recipients, in their order.
 * @param now milliseconds since 1970
 * @param addresses a thousand at a time; the table of numbers is asked once
 * Throws a Failure: no key, a key that cannot be used, no state.
 */
export async function valuesOf(
  stamping: Stamping,
  now: number,
  addresses: readonly string[],
): Promise<Values[]> {
  const all = await stamped(stamping, "unsubscribe", now, addresses, true);
  return all.map(({ stamp = "", address }) => ({
    token: stamp,
    mailbox: address,
  }));
}

/** Makes the words of recipients of one list. */
export function wordsOf(
  list: string,
  { unsubscribe_url }: Personal,
): (address: string, values: Values) => Words {
  const [before = "", after = ""] = (unsubscribe_url ?? "")
    .replace("{{list}}", () => encodeURIComponent(list))
    .split("{{token}}");
  const link = ({ token, mailbox }: Values) =>
    unsubscribe_url === undefined
      ? mailto(mailbox)
      : `${before}${token}${after}`;
  return (address, values) => ({
    address: controlled.test(address)
      ? address.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
      : address,
    list,
    token: values.token,
    unsubscribe: link(values),
  });
}

/** Nothing that could end a line, or is read as if it did. */
const controlled = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** A URI of an address, RFC 6068. */
export function mailto(address: string): string {
  return `mailto:${address.replace(/[^A-Za-z0-9.+_=@!$'*/~-]/gu, encodeURIComponent)}`;
}
