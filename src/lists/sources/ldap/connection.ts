/**
 * One connection to one server of a directory: LDAPv3 (RFC 4511), StartTLS (RFC 4513), pages
 * (RFC 2696). An answer is whole or it throws: a limit of the server, a lost connection, silence.
 * It is never opened again by itself: a second one would be without the bind, and see less. The
 * only importer of ldapts.
 */
import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import {
  Client,
  type Filter,
  FilterParser,
  InvalidDNSyntaxError,
  type Entry as LdapEntry,
  NoSuchObjectError,
  type SearchOptions,
} from "ldapts";
import { exit, Failure, messageOf } from "../../../base/errors.ts";
import { oneLine } from "../../../base/log.ts";
import type { SourceSettings } from "../../schema/sources.ts";
import { silence } from "../silence.ts";
import type { Entry } from "./entry.ts";
import { told } from "./trouble.ts";
import { password, trust } from "./trust.ts";

export interface Query {
  /** A DN. */
  readonly base: string;
  readonly scope: "sub" | "one" | "base";
  /** RFC 4515. */
  readonly filter: string;
  /** The attributes that entries are asked for; not empty. */
  readonly attributes: readonly string[];
}

/** What a DN leads to: an entry, nothing, or it is no DN at all. */
export type Looked =
  | { readonly is: "entry"; readonly entry: Entry }
  | { readonly is: "absent" }
  | { readonly is: "no name"; readonly dn: string };

type LdapSettings = SourceSettings<"ldap">;

export class Connection {
  readonly #url: URL;
  readonly #settings: LdapSettings;
  readonly #home: string;
  readonly #client: Client;
  #socket: Socket | undefined;
  #references = 0;

  /** @param home absolute: paths of the settings start there */
  constructor(url: string, settings: LdapSettings, home: string) {
    this.#url = new URL(url);
    this.#settings = settings;
    this.#home = home;
    const keep = <T extends Socket>(socket: T): T => {
      this.#socket = socket;
      // Questions in flight shall not wait for each other's acknowledgement.
      socket.setNoDelay(true);
      return socket;
    };
    this.#client = new Client({
      url,
      timeout: settings.timeout,
      connectTimeout: settings.timeout,
      createConnection: ((port: number, host: string) =>
        keep(connect(port, host))) as typeof connect,
      ...(this.#url.protocol === "ldaps:" && {
        tlsOptions: trust(this.#url, this.#settings, this.#home),
        createSecureConnection: ((
          port: number,
          host: string,
          options: ConnectionOptions,
        ) => keep(connectTls(port, host, options))) as typeof connectTls,
      }),
    });
  }

  /** How many parts of an answer lie on other servers (RFC 4511, 4.5.3). */
  get references(): number {
    return this.#references;
  }

  /** Connects, turns to TLS and binds. */
  async open(): Promise<void> {
    await this.#try(() => this.#within(this.#opened()));
  }

  async close(): Promise<void> {
    // What went wrong was thrown already; a connection that is gone needs no goodbye.
    if (this.#isOpen()) await this.#client.unbind().catch(() => {});
    this.#socket?.destroy();
  }

  /**
   * The entries, page by page. The package takes an empty page for the last one, but a server may
   * send one in between; so an answer that ends with an empty page is asked for again otherwise.
   */
  async *pages(size: number, query: Query): AsyncGenerator<Entry[]> {
    let found = 0;
    for (const pageSize of [size, size + 1]) {
      let last = 0;
      for await (const entries of this.#paged(pageSize, query)) {
        last = entries.length;
        found += last;
        yield entries;
      }
      if (last > 0) return;
      if (found === 0) break;
    }
    yield await this.entries(query);
  }

  /** The entries of a small answer, all at once. */
  async entries(query: Query): Promise<Entry[]> {
    return this.#try(() => this.#search(query.base, this.#options(query)));
  }

  /** The entry of a DN. */
  async entry(dn: string, attributes: readonly string[]): Promise<Looked> {
    const filter = "(objectClass=*)";
    const query: Query = { base: dn, scope: "base", filter, attributes };
    return this.#try(async () => {
      try {
        const [entry] = await this.#search(dn, this.#options(query));
        return entry ? { is: "entry", entry } : { is: "absent" };
      } catch (error) {
        if (error instanceof NoSuchObjectError) return { is: "absent" };
        if (error instanceof InvalidDNSyntaxError) return { is: "no name", dn };
        throw error;
      }
    });
  }

  /** Whether there is an entry. */
  async finds(
    base: string,
    scope: Query["scope"],
    filter: string,
  ): Promise<boolean> {
    const options = this.#options({ base, scope, filter, attributes: ["1.1"] });
    const found = await this.#try(() =>
      this.#search(base, { ...options, sizeLimit: 1 }),
    );
    return found.length > 0;
  }

  async *#paged(pageSize: number, query: Query): AsyncGenerator<Entry[]> {
    const pages = this.#client.searchPaginated(query.base, {
      ...this.#options(query),
      paged: { pageSize },
    });
    for (;;) {
      const page = await this.#try(() => {
        this.#mustBeOpen();
        return pages.next();
      });
      if (page.done) return;
      this.#references += page.value.searchReferences.length;
      yield page.value.searchEntries.map(plain);
    }
  }

  #options({ scope, filter, attributes }: Query): SearchOptions {
    return {
      scope,
      filter: parsed(filter),
      attributes: [...attributes],
      timeLimit: Math.ceil(this.#settings.timeout / 1000),
    };
  }

  async #search(base: string, options: SearchOptions): Promise<Entry[]> {
    this.#mustBeOpen();
    const answer = await this.#client.search(base, options);
    this.#references += answer.searchReferences.length;
    return answer.searchEntries.map(plain);
  }

  async #opened(): Promise<void> {
    if (this.#settings.starttls && this.#url.protocol === "ldap:")
      await this.#client.startTLS(trust(this.#url, this.#settings, this.#home));
    const { bind_dn } = this.#settings;
    if (bind_dn === undefined) await this.#client.bind("", "");
    else await this.#client.bind(bind_dn, password(this.#settings, this.#home));
  }

  /** The package has no limit for the turn to TLS: silence there ends with the socket. */
  async #within(work: Promise<void>): Promise<void> {
    const late = () => this.#socket?.destroy(silence(this.#settings.timeout));
    const timer = setTimeout(late, this.#settings.timeout);
    try {
      await work;
    } finally {
      clearTimeout(timer);
    }
  }

  #isOpen(): boolean {
    return this.#client.isConnected && this.#socket?.destroyed === false;
  }

  #mustBeOpen(): void {
    if (!this.#isOpen()) throw new Error("the connection was lost");
  }

  async #try<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw told(error, `[ldap] ${this.#url.href}`, this.#settings.timeout);
    }
  }
}

function plain({ dn, ...attributes }: LdapEntry): Entry {
  const found: [string, string[]][] = [];
  for (const [name, value] of Object.entries(attributes)) {
    const values = Array.isArray(value) ? value : [value];
    if (values.length > 0) found.push([name, values.map(String)]);
  }
  return { dn, attributes: found };
}

function parsed(filter: string): Filter {
  try {
    return FilterParser.parseString(filter);
  } catch (error) {
    throw new Failure(
      exit.tryLater,
      `[ldap] a filter is not understood: ${oneLine(messageOf(error), 300)}`,
      { cause: error },
    );
  }
}
