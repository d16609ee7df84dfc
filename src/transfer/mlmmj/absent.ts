/**
 * mlmmj: what holds because a file in control/ is not there. Pure.
 */
import type { Account } from "../account.ts";
import { unaddressed } from "../headers.ts";
import { joining, postingWords, readersLines } from "../posting.ts";
import { ruleLine } from "../rules.ts";
import { postingOf } from "./posts.ts";
import type { Source } from "./tunables.ts";

/** What holds in mlmmj because a file is not there, where listmill's own default is another one. */
export function defaults(account: Account, source: Source): void {
  const { control, address } = source;
  const absent = (name: string) => !control.has(name);
  if (absent("tocc")) {
    const names = [...new Set([address, ...control.lines("listaddress")])];
    const all = unaddressed(names);
    const silent = control.has("notoccdenymails");
    const told = `The list's address ${address} must stand in To or Cc.`;
    account.ruled(
      "tocc",
      "(not there)",
      "post",
      [all && ruleLine(silent ? "discard" : "reject", all, silent ? "" : told)],
      "first",
    );
  }
  account.put("moderation.expired", "discard");
  if (absent("modreqlife"))
    account.set("modreqlife", "(not there)", "moderation.expire", "7d");
  if (absent("notifymod"))
    account.set("notifymod", "(not there)", "moderation.tell_author", false);
  if (absent("digestinterval"))
    account.set("digestinterval", "(not there)", "digest.age", "7d");
  if (absent("digestmaxmails"))
    account.set("digestmaxmails", "(not there)", "digest.posts", 50);
  // mlmmj does not look at the size of a digest.
  account.put("digest.size", 0);
  if (absent("verp")) account.set("verp", "(not there)", "verp", "always");
  if (absent("subonlypost") && absent("modonlypost") && absent("moderated"))
    account.keep(
      "subonlypost",
      "(not there)",
      postingWords(postingOf(control)),
      "policy",
    );
  if (
    !["closedlist", "closedlistsub", "submod", "nosubconfirm"].some((one) =>
      control.has(one),
    )
  )
    joining(account, "closedlist", "(not there)", "subscribe", "confirm");
  if (absent("noget") && absent("subonlyget") && absent("noarchive"))
    account.ruled(
      "subonlyget",
      "(not there)",
      "archive",
      readersLines("accept"),
    );
}
