/**
 * From what a search finds to addresses. Values that are DNs are asked for, many at once over the
 * one connection, level by level; a group among them gives its members to the next level. Values
 * that are names are searched for, many in one question. Each DN and each name is asked once, which
 * takes memory for all of them: some 10 MB for 100,000.
 */
import { exit, Failure } from "../../../base/errors.ts";
import { oneLine, plural } from "../../../base/log.ts";
import { fromLine } from "../../../mail/address.ts";
import type { SourceSettings } from "../../schema/sources.ts";
import { oneAddress, placeholder, type SourceContext } from "../context.ts";
import type { Connection } from "./connection.ts";
import {
  allValues,
  dnIn,
  type Entry,
  groupAttributes,
  isOfGroups,
  membersIn,
  otherValues,
} from "./entry.ts";
import { anyOf, filled } from "./filter.ts";

/** Questions in flight; OpenLDAP hangs up at 100 of an anonymous client. */
const AT_ONCE = 50;
/** Names in one question: fewer than any server's limit of entries. */
const NAMES = 100;

/** The addresses of a search, whole or it throws. */
export function membersOf(
  connection: Connection,
  settings: SourceSettings<"ldap">,
  context: SourceContext,
): AsyncGenerator<string> {
  return new Expansion(connection, settings, context).addresses();
}

class Expansion {
  readonly #connection: Connection;
  readonly #settings: SourceSettings<"ldap">;
  readonly #context: SourceContext;
  readonly #standsFor: (name: string) => string | undefined;
  /** DNs as the values write them: what is spelled in two ways is asked twice, and lost never. */
  readonly #asked = new Set<string>();
  readonly #names = new Set<string>();
  /** Groups by the DN that the server has for them, so a circle is cut however it is spelled. */
  readonly #expanded = new Set<string>();
  #without = 0;

  constructor(
    connection: Connection,
    settings: SourceSettings<"ldap">,
    context: SourceContext,
  ) {
    this.#connection = connection;
    this.#settings = settings;
    this.#context = context;
    this.#standsFor = (name) => placeholder(context, name);
  }

  async *addresses(): AsyncGenerator<string> {
    yield* this.#found();
    let level = [...this.#asked];
    for (let depth = 0; level.length > 0; depth += 1) {
      const next: string[] = [];
      yield* this.#people(level, depth, next);
      level = next;
    }
    yield* this.#named();
    this.#tell(
      this.#without,
      "member has no mail attribute or no entry",
      "members have no mail attribute or no entry",
    );
    this.#tell(
      this.#connection.references,
      "part lies on another server, not searched",
      "parts lie on other servers, not searched",
    );
  }

  /** What the filter finds: addresses at once, members for later. */
  async *#found(): AsyncGenerator<string> {
    const { attribute, base, scope, filter, page } = this.#settings;
    const pages = this.#connection.pages(page, {
      base,
      scope,
      filter: filled(filter, this.#standsFor),
      attributes: [attribute],
    });
    let empty = 0;
    for await (const entries of pages)
      for (const entry of entries) {
        const values = allValues(entry);
        if (values.length === 0) empty += 1;
        else if (isOfGroups(attribute)) this.#expanded.add(entry.dn);
        for (const value of values) yield* this.#value(value);
      }
    this.#tell(
      empty,
      `of the entries found has no ${attribute}`,
      `of the entries found have no ${attribute}`,
    );
  }

  *#value(value: string): Generator<string> {
    const dn = dnIn(value, this.#settings.attribute);
    if (dn !== undefined) this.#asked.add(dn);
    else if (this.#settings.member_filter !== undefined) this.#names.add(value);
    else yield* oneAddress(value, this.#context);
  }

  /** The mail of each of these, and the members of those that are groups. */
  async *#people(
    dns: readonly string[],
    depth: number,
    next: string[],
  ): AsyncGenerator<string> {
    const attributes = [this.#settings.member_attribute, ...groupAttributes];
    const answers = inOrder(dns, (dn) =>
      this.#connection.entry(dn, attributes),
    );
    for await (const answer of answers)
      switch (answer.is) {
        case "entry": {
          const { dns, names } = membersIn(answer.entry);
          if (dns.length + names.length === 0)
            yield* this.#mailOf(answer.entry);
          else yield* this.#group(answer.entry, depth, next);
          break;
        }
        case "absent":
          this.#without += 1;
          break;
        case "no name":
          this.#context.refused(oneLine(answer.dn, 200));
      }
  }

  /** Takes the members of a group in a group. */
  *#group(entry: Entry, depth: number, next: string[]): Generator<string> {
    if (this.#expanded.has(entry.dn)) return;
    if (depth >= this.#settings.nested)
      throw new Failure(
        exit.tryLater,
        `[ldap] ${entry.dn} is a group more than ${this.#settings.nested} groups deep: raise nested, or nobody in it would get the post`,
      );
    this.#expanded.add(entry.dn);
    const { dns, names } = membersIn(entry);
    for (const dn of dns)
      if (!this.#asked.has(dn)) {
        this.#asked.add(dn);
        next.push(dn);
      }
    if (this.#settings.member_filter !== undefined)
      for (const name of names) this.#names.add(name);
    // A group that has both lists the same people twice.
    else if (dns.length === 0)
      for (const name of names) yield* oneAddress(name, this.#context);
  }

  /** The people that groups call by their names. */
  async *#named(): AsyncGenerator<string> {
    const { member_filter, member_base, member_attribute } = this.#settings;
    if (member_filter === undefined) return;
    for (const names of chunks(this.#names, NAMES)) {
      const entries = await this.#connection.entries({
        base: member_base ?? this.#settings.base,
        scope: "sub",
        filter: anyOf(
          names.map((name) =>
            filled(member_filter, (key) =>
              key === "member" ? name : this.#standsFor(key),
            ),
          ),
        ),
        attributes: [member_attribute],
      });
      this.#without += Math.max(0, names.length - entries.length);
      for (const entry of entries) yield* this.#mailOf(entry);
    }
  }

  /** One copy is enough for a member with several addresses. */
  *#mailOf(entry: Entry): Generator<string> {
    const values = otherValues(entry);
    const [first] = values;
    if (first === undefined) this.#without += 1;
    else
      yield* oneAddress(
        values.find((value) => fromLine(value) !== undefined) ?? first,
        this.#context,
      );
  }

  #tell(count: number, one: string, many: string): void {
    if (count > 0) this.#context.note(`[ldap] ${plural(count, one, many)}`);
  }
}

/** The answers in the order of the questions, AT_ONCE of them in flight. */
async function* inOrder<T, R>(
  items: Iterable<T>,
  ask: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const waiting: Promise<R>[] = [];
  for (const item of items) {
    const answer = ask(item);
    // Whoever waits for it is told; until then it is nobody's unhandled rejection.
    answer.catch(() => {});
    waiting.push(answer);
    const oldest = waiting.length >= AT_ONCE ? waiting.shift() : undefined;
    if (oldest) yield await oldest;
  }
  for (const answer of waiting) yield await answer;
}

function* chunks<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = [];
  for (const item of items)
    if (chunk.push(item) >= size) {
      yield chunk;
      chunk = [];
    }
  if (chunk.length > 0) yield chunk;
}
