/**
 * Recipients from a directory: LDAPv3 (RFC 4511). Of several servers the first that answers is
 * asked, and each answer is whole from one server: after the first address there is no turning to
 * another. An answer that may not be whole throws, so the post waits and no list is shortened.
 */
import type { SourceSettings } from "../schema/sources.ts";
import { placeholder, type SourceContext, sourceFailure } from "./context.ts";
import { Connection } from "./ldap/connection.ts";
import { filled } from "./ldap/filter.ts";
import { membersOf } from "./ldap/members.ts";
import { Unreachable } from "./ldap/trouble.ts";

type LdapSettings = SourceSettings<"ldap">;

/**
 * All addresses of the search: those that the attribute of the entries holds, and those of the
 * members of groups. The same address may come more than once.
 * Throws a Failure (try later) where not all could be had.
 */
export async function* ldapRecipients(
  settings: LdapSettings,
  context: SourceContext,
): AsyncGenerator<string> {
  yield* fromTheFirst(settings, context, (connection) =>
    membersOf(connection, settings, context),
  );
}

/**
 * Whether a filter finds an entry below the base of the settings.
 * Throws a Failure (try later) where that is not known.
 */
export async function ldapFinds(
  settings: LdapSettings,
  filter: string,
  context: SourceContext,
): Promise<boolean> {
  const answers = fromTheFirst(settings, context, async function* (connection) {
    yield await connection.finds(
      settings.base,
      settings.scope,
      filled(filter, (name) => placeholder(context, name)),
    );
  });
  for await (const found of answers) return found;
  return false;
}

/** What the first server that can be reached gives; nothing of one that fails before its first. */
async function* fromTheFirst<T>(
  settings: LdapSettings,
  context: SourceContext,
  ask: (connection: Connection) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const servers = settings.url.trim().split(/ +/);
  for (const [index, url] of servers.entries()) {
    const next = servers[index + 1];
    const connection = new Connection(url, settings, context.home);
    let begun = false;
    try {
      await connection.open();
      for await (const one of ask(connection)) {
        begun = true;
        yield one;
      }
      return;
    } catch (error) {
      const failure = sourceFailure(`[ldap] ${url}`, error);
      if (begun || next === undefined || !(error instanceof Unreachable))
        throw failure;
      context.note(`${failure.message}; ${next} is asked instead`);
    } finally {
      await connection.close();
    }
  }
}
