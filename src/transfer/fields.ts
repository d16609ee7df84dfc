/**
 * Fields that another manager adds to the header of posts. Pure.
 */
import { canonical, parseAddresses } from "../mail/address.ts";
import type { Account } from "./account.ts";

/** Fields that every post of a list has here, or that were only about the manager itself. */
const OURS =
  /^(list-[a-z-]+|precedence|sender|errors-to|x-mailing-list|mailing-list|x-no-archive|x-loop|delivered-to|return-path)$/i;

/** @param lines `Name: value` */
export function addedFields(
  account: Account,
  setting: string,
  lines: readonly string[],
  list: string,
): void {
  if (lines.length === 0) account.needless(setting, "", "none");
  for (const line of lines) {
    const [, name = "", value = ""] = /^([!-9;-~]+):\s*(.*)$/.exec(line) ?? [];
    if (name === "") {
      account.lose(setting, line, "not a field of a header");
    } else if (name.toLowerCase() === "reply-to") {
      repliesTo(account, setting, line, value, list);
    } else if (OURS.test(name)) {
      account.needless(setting, line, "listmill sets such fields itself");
    } else
      account.lose(
        setting,
        line,
        "no fields of your own are added to all posts at once",
        `personal.headers = [${JSON.stringify(line)}], which costs a message a member, or an edit hook`,
      );
  }
}

/** Where replies go: to the list, or to what cannot be said here. */
export function repliesTo(
  account: Account,
  setting: string,
  shown: string,
  value: string,
  list: string,
): void {
  const [{ address = "" } = {}, ...more] = parseAddresses(value);
  if (more.length === 0 && canonical(address)?.toLowerCase() === list)
    account.set(setting, shown, "reply_to", "list");
  else replyElsewhere(account, setting, shown, value);
}

/** @param to the address, or several */
export function replyElsewhere(
  account: Account,
  setting: string,
  shown: string,
  to: string,
): void {
  account.lose(
    setting,
    shown,
    "replies go to the author or to the list, not elsewhere",
    `personal.headers = [${JSON.stringify(`Reply-To: ${to}`)}], which costs a message a member, or an edit hook`,
  );
}
