/**
 * Who has which role of a list: rows of their own, for an owner need be no member, and who leaves a
 * list may go on to moderate it. Giving and taking are idempotent, and stand in the journal and the outbox.
 */
import type { Actor } from "./actor.ts";
import type { Journal } from "./journal.ts";
import type { PersonRole } from "./member.ts";
import type { Outbox } from "./outbox.ts";
import { inserting, prepared } from "./prepared.ts";
import type { RoleRow } from "./rows.ts";
import type { Queries, Store } from "./store.ts";

/** Somebody with a role. */
export interface Person {
  readonly key: string;
  readonly address: string;
  readonly role: PersonRole;
  /** Milliseconds since 1970. */
  readonly since: number;
}

export class Roles {
  readonly #store: Store;
  readonly #journal: Journal;
  readonly #outbox: Outbox;
  readonly #compiled: ReturnType<typeof compiled>;

  constructor(store: Store, journal: Journal, outbox: Outbox) {
    this.#store = store;
    this.#journal = journal;
    this.#outbox = outbox;
    this.#compiled = compiled(store);
  }

  /**
   * True where that has changed something.
   * @param since undefined: now
   * @param now milliseconds since 1970
   */
  set(
    list: string,
    { key, address, role, since }: Omit<Person, "since"> & Partial<Person>,
    on: boolean,
    now: number,
    actor: Actor,
  ): Promise<boolean> {
    return this.#store.alone(`members ${list}`, async (queries) => {
      const { rows } = await queries.executeQuery(
        this.#compiled.of({ list, key }),
      );
      if (rows.some((row) => row.role === role) === on) return false;
      const change = on
        ? this.#compiled.give([
            { list, key, role, address, since: since ?? now },
          ])
        : this.#compiled.take({ list, key, role });
      await queries.executeQuery<unknown>(change);
      const detail = `${on ? "+" : "-"}${role}`;
      const happened = { key, address, what: "role", detail };
      await this.#journal.write(queries, list, [happened], now, actor);
      const event = `${role}.${on ? "assigned" : "removed"}`;
      const told = [{ event, detail: { address } }];
      await this.#outbox.put(queries, list, told, now, actor);
      return true;
    });
  }

  /** The roles of one. */
  async of(list: string, key: string): Promise<ReadonlySet<PersonRole>> {
    const query = this.#compiled.of({ list, key });
    const { rows } = await this.#store.queries.executeQuery(query);
    return new Set(rows.map(({ role }) => role as PersonRole));
  }

  /** All who have a role of a list, in the order of their keys. */
  async all(list: string): Promise<Person[]> {
    const query = this.#compiled.all({ list });
    const { rows } = await this.#store.queries.executeQuery(query);
    return rows.map(personOf);
  }

  /** The addresses of all who have a role of a list, in the order of their keys. */
  async having(list: string, role: PersonRole): Promise<string[]> {
    const query = this.#compiled.having({ list, role });
    const { rows } = await this.#store.queries.executeQuery(query);
    return rows.map(({ address }) => address);
  }

  /** Forgets all of a list. @param queries the transaction in which it happens */
  async clear(queries: Queries, list: string): Promise<void> {
    await queries.executeQuery(this.#compiled.clear({ list }));
  }
}

function personOf({ key, address, role, since }: RoleRow): Person {
  return { key, address, role: role as PersonRole, since };
}

function compiled(store: Store) {
  const { queries } = store;
  type Of = { readonly list: string };
  const all = ({ list }: Of) =>
    queries.selectFrom("roles").selectAll().where("list", "=", list);
  return {
    all: prepared((given: Of) => all(given).orderBy("key").orderBy("role")),
    of: prepared((given: Of & { key: string }) =>
      all(given).where("key", "=", given.key),
    ),
    having: prepared(({ list, role }: Of & { role: string }) =>
      queries
        .selectFrom("roles")
        .select("address")
        .where("list", "=", list)
        .where("role", "=", role)
        .orderBy("key"),
    ),
    give: inserting(store, "roles", [
      "list",
      "key",
      "role",
      "address",
      "since",
    ]),
    take: prepared(({ list, key, role }: Of & { key: string; role: string }) =>
      queries
        .deleteFrom("roles")
        .where("list", "=", list)
        .where("key", "=", key)
        .where("role", "=", role),
    ),
    clear: prepared(({ list }: Of) =>
      queries.deleteFrom("roles").where("list", "=", list),
    ),
  };
}
