/**
 * Who is banned from a list of Mailman: may not join, and gets nothing. Pure.
 */
import { canonical, keyOf } from "../../mail/address.ts";
import type { Account } from "../account.ts";
import { senders } from "../senders.ts";

/** @param on keys of the members: Mailman lets those stay who were there before */
export function banned(
  account: Account,
  setting: string,
  entries: readonly string[],
  on: ReadonlySet<string>,
): void {
  senders(account, setting, entries, {
    deed: "subscribe",
    action: "reject",
    when: "refuse",
  });
  for (const entry of entries) {
    const address = canonical(entry);
    if (address === undefined) continue;
    if (on.has(keyOf(address)))
      account.lose(
        setting,
        address,
        "a member: not suppressed",
        "listmill suppress add --list LIST, or listmill member remove",
      );
    else account.suppress(address, "banned in Mailman");
  }
}
