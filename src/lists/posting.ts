/**
 * Whether the sources of a list bring somebody, so that it counts as a member: its address is among
 * the recipients, or a question of the source's own says that it may post. A source that cannot be
 * asked throws: the post waits, and nobody is turned away by mistake.
 */
import { stopwatch } from "../base/clock.ts";
import { keyOf } from "../mail/address.ts";
import type { List } from "./directory.ts";
import {
  type Addresses,
  type Asked,
  sourceContext,
} from "./sources/context.ts";
import { dbmRecipients } from "./sources/dbm.ts";
import { fileRecipients } from "./sources/file.ts";
import { ldapFinds, ldapRecipients } from "./sources/ldap.ts";
import type { Others } from "./sources/roles.ts";
import { recipientsFrom } from "./sources/source.ts";
import { sqlFinds, sqlRecipients } from "./sources/sql.ts";
import { sublistRecipients } from "./sources/sublists.ts";
import { webRecipients } from "./sources/web.ts";

/** What sources are asked with. */
export type Posting = Asked &
  Others & {
    readonly list: List;
    readonly now: number;
    scratch(): string;
  };

/**
 * Whether a source of the list brings somebody.
 * @param author an address; "" is nobody
 * Throws a Failure (try later) where that cannot be told.
 */
export async function isBrought(
  asked: Posting,
  author: string,
): Promise<boolean> {
  if (author === "") return false;
  // What is no address among the recipients is told when they get the post.
  const quiet = { ...asked, quiet: true, since: stopwatch() };
  for (const brings of sources) if (await brings(quiet, author)) return true;
  return false;
}

/** Whether a source brings somebody; false where the list has no such section. */
type Brings = (asked: Posting, author: string) => Promise<boolean>;

/** Those of this host first: a directory need not be asked then. */
const sources: readonly Brings[] = [
  (asked, author) =>
    among(recipientsFrom(asked, "file", fileRecipients), author),
  (asked, author) => among(recipientsFrom(asked, "dbm", dbmRecipients), author),
  async (asked, author) => {
    const { ldap } = asked.list.settings;
    if (ldap?.sender_filter === undefined)
      return among(recipientsFrom(asked, "ldap", ldapRecipients), author);
    const context = sourceContext(asked, asked.list);
    return ldapFinds(ldap, ldap.sender_filter, context);
  },
  async (asked, author) => {
    const { sql } = asked.list.settings;
    if (sql?.sender_query === undefined)
      return among(recipientsFrom(asked, "sql", sqlRecipients), author);
    const context = sourceContext(asked, asked.list);
    return sqlFinds(sql, sql.sender_query, context);
  },
  (asked, author) => among(recipientsFrom(asked, "web", webRecipients), author),
  (asked, author) =>
    among(recipientsFrom(asked, "sublists", sublistRecipients), author),
];

/** Asks only until somebody is found. */
async function among(
  recipients: AsyncIterable<Addresses> | undefined,
  author: string,
): Promise<boolean> {
  const key = keyOf(author);
  for await (const some of recipients ?? [])
    for (const address of typeof some === "string" ? [some] : some)
      if (keyOf(address) === key) return true;
  return false;
}
