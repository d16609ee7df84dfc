/**
 * Who of a post's recipients gets a return path of its own, by the list's setting `verp`. The same
 * on every host and in every try: it depends on the post's ordinal and the address alone. Pure.
 */
import { hashOf } from "../../base/hash.ts";
import type { Verp } from "../../lists/schema/verp.ts";
import { keyOf } from "../../mail/address.ts";

/** Whether the setting asks which post of the list it is. */
export function asksOrdinal(verp: Verp): boolean {
  return verp.kind === "every" || verp.kind === "share";
}

/**
 * Whom it is, of one post.
 * @param ordinal which post of the list, 1 for the first: the exact number where `asksOrdinal`
 * @returns asked with an address. With a share of P percent each address has one of 100 places, and
 *   each post takes the next P places, around and around: with 10 % over any 10 posts in a row
 *   everybody has had it once, with 15 % over any 20 three times.
 */
export function chosen(
  verp: Verp,
  ordinal: number,
): (address: string) => boolean {
  switch (verp.kind) {
    case "never":
      return () => false;
    case "always":
      return () => true;
    case "every": {
      const turn = ordinal % verp.posts === 0;
      return () => turn;
    }
    case "share": {
      const { percent } = verp;
      const start = ((ordinal - 1) * percent) % 100;
      return (address) =>
        (hashOf(keyOf(address)) - start + 100) % 100 < percent;
    }
  }
}
