/**
 * Recipients from a directory: LDAPv3 (RFC 4511) in pages (RFC 2696). Where the attribute holds DNs,
 * as a group's members do, the mail attribute of each is asked for, many at once over the one
 * connection. An answer that may not be whole throws: a limit of the server, a lost connection, a
 * range of values instead of all. The only importer of ldapts.
 */
import { readFileSync } from "node:fs";
import { Client, type Entry, Filter, NoSuchObjectError } from "ldapts";
import { exit, Failure } from "../../base/errors.ts";
import type { SourceSettings } from "../schema/sources.ts";
import {
  oneAddress,
  pathIn,
  placeholder,
  type SourceContext,
  sourceFailure,
} from "./context.ts";

type LdapSettings = SourceSettings<"ldap">;

/** Questions for the mail of a member in flight; OpenLDAP hangs up at 100 of an anonymous client. */
const AT_ONCE = 50;

/** All addresses of the search. Throws a Failure (try later) where not all could be had. */
export async function* ldapRecipients(
  settings: LdapSettings,
  context: SourceContext,
): AsyncGenerator<string> {
  const search = new Search(settings, context);
  try {
    yield* search.addresses();
  } catch (error) {
    throw sourceFailure(`[ldap] ${settings.url}`, error);
  } finally {
    await search.close();
  }
}

/**
 * A filter with its placeholders filled in: %{list}, %{local}, %{domain}, %{sender}, escaped as
 * RFC 4515 §3 has it. Others stay as they are.
 */
export function filled(
  filter: string,
  standsFor: (name: string) => string | undefined,
): string {
  return filter.replace(/%\{(\w+)\}/g, (whole, name: string) => {
    const value = standsFor(name);
    return value === undefined ? whole : Filter.escape(value);
  });
}

/** Whether a filter finds an entry. Throws a Failure (try later) where that is not known. */
export async function ldapFinds(
  settings: LdapSettings,
  filter: string,
  context: SourceContext,
): Promise<boolean> {
  for await (const _ of ldapRecipients({ ...settings, filter }, context))
    return true;
  return false;
}

class Search {
  readonly #settings: LdapSettings;
  readonly #context: SourceContext;
  readonly #client: Client;
  readonly #attribute: string;
  #without = 0;
  #references = 0;

  constructor(settings: LdapSettings, context: SourceContext) {
    this.#settings = settings;
    this.#context = context;
    this.#attribute = settings.attribute;
    this.#client = new Client({
      url: settings.url,
      timeout: settings.timeout,
      connectTimeout: settings.timeout,
    });
  }

  async *addresses(): AsyncGenerator<string> {
    await this.#bind();
    let members: string[] = [];
    for await (const entries of this.#pages()) {
      for (const value of entries.flatMap((entry) =>
        valuesOf(entry, this.#attribute),
      )) {
        if (!isName(value)) yield* oneAddress(value, this.#context);
        else if (members.push(value) >= AT_ONCE) {
          yield* await this.#mailOf(members);
          members = [];
        }
      }
    }
    yield* await this.#mailOf(members);
    this.#tell(this.#without, "members have no mail attribute or no entry");
    this.#tell(this.#references, "parts lie on other servers, not searched");
  }

  async close(): Promise<void> {
    // What went wrong was thrown already; a connection that is gone needs no goodbye.
    await this.#client.unbind().catch(() => {});
  }

  async #bind(): Promise<void> {
    const { bind_dn, password_file } = this.#settings;
    if (bind_dn === undefined) return this.#client.bind("", "");
    const [password = ""] =
      password_file === undefined
        ? []
        : readFileSync(pathIn(this.#context, password_file), "utf8").split(
            /\r?\n/,
            1,
          );
    // RFC 4513 §5.1.2: without a password it would count as anonymous, and see less.
    if (password === "")
      throw new Failure(
        exit.tryLater,
        "[ldap] bind_dn needs a password_file with a password in it",
      );
    return this.#client.bind(bind_dn, password);
  }

  /**
   * The entries, page by page. The package takes an empty page for the last one, but a server may
   * send one in between; so an answer that ends with an empty page is asked for again otherwise.
   */
  async *#pages(): AsyncGenerator<Entry[]> {
    let found = 0;
    for (const size of [this.#settings.page, this.#settings.page + 1]) {
      let last = 0;
      for await (const entries of this.#paged(size)) {
        last = entries.length;
        found += last;
        yield entries;
      }
      if (last > 0) return;
      if (found === 0) break;
    }
    const all = await this.#ask(this.#settings.base, this.#options());
    yield all;
  }

  async *#paged(pageSize: number): AsyncGenerator<Entry[]> {
    const pages = this.#client.searchPaginated(this.#settings.base, {
      ...this.#options(),
      paged: { pageSize },
    });
    for (;;) {
      this.#connected();
      const page = await pages.next();
      if (page.done) return;
      this.#references += page.value.searchReferences.length;
      yield page.value.searchEntries;
    }
  }

  #options() {
    return {
      scope: this.#settings.scope,
      filter: filled(this.#settings.filter, (name) =>
        placeholder(this.#context, name),
      ),
      attributes: [this.#attribute],
      timeLimit: Math.ceil(this.#settings.timeout / 1000),
    };
  }

  async #ask(
    base: string,
    options: Parameters<Client["search"]>[1],
  ): Promise<Entry[]> {
    this.#connected();
    return (await this.#client.search(base, options)).searchEntries;
  }

  /** The package would connect again by itself, without the bind, and then see less. */
  #connected(): void {
    if (!this.#client.isConnected) throw new Error("the connection was lost");
  }

  /** The mail of each member; one without is counted. */
  async #mailOf(members: readonly string[]): Promise<string[]> {
    const answers = await Promise.allSettled(
      members.map((name) =>
        this.#ask(name, {
          scope: "base",
          filter: "(objectClass=*)",
          attributes: ["mail"],
        }),
      ),
    );
    const found: string[] = [];
    for (const answer of answers) {
      if (answer.status === "rejected") {
        if (!(answer.reason instanceof NoSuchObjectError)) throw answer.reason;
        this.#without += 1;
        continue;
      }
      const mail = answer.value.flatMap((entry) => valuesOf(entry, "mail"));
      if (mail.length === 0) this.#without += 1;
      // One copy is enough for a member with several addresses.
      else found.push(...oneAddress(mail[0] ?? "", this.#context));
    }
    return found;
  }

  #tell(count: number, what: string): void {
    if (count > 0) this.#context.note(`[ldap] ${count} ${what}`);
  }
}

/** A DN of at least two parts; an address has no comma there. */
function isName(value: string): boolean {
  return /^[A-Za-z0-9.-]+ *=[^,]*,[^=]+=/.test(value);
}

/** The values of an attribute, whatever the case of its name. */
function valuesOf(entry: Entry, attribute: string): string[] {
  const wanted = attribute.toLowerCase();
  const found: string[] = [];
  for (const [name, value] of Object.entries(entry)) {
    const type = name.toLowerCase();
    if (type.startsWith(`${wanted};range=`))
      throw new Failure(
        exit.tryLater,
        `[ldap] the server gives ${attribute} of ${entry.dn} in parts: search for the members instead, with a filter such as (memberOf=...) and attribute = "mail"`,
      );
    if (type !== wanted) continue;
    for (const one of Array.isArray(value) ? value : [value])
      found.push(one.toString());
  }
  return found;
}
