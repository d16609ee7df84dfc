/**
 * Return paths of their own for recipients (VERP): a bounce then tells whom it is about, whatever
 * the text in it says, and only we can have made it.
 */
import { type Stamping, stamped } from "../../lists/stamps.ts";

/**
 * The envelope senders for a batch of recipients, in their order: `LIST-bounces+STAMP@host`, or
 * `LIST-bounces@host` where the list's name leaves no room for a stamp.
 * @param now milliseconds since 1970
 * @param addresses a thousand at a time; the table of numbers is asked once
 * Throws a Failure: no key, a key that cannot be used, no state.
 */
export async function returnPathsOf(
  stamping: Stamping,
  now: number,
  addresses: readonly string[],
): Promise<string[]> {
  const all = await stamped(stamping, "bounce", now, addresses);
  return all.map(({ address }) => address);
}
