/**
 * Members of managers that keep a list of addresses for each kind of delivery. Someone may stand in
 * several; here a member has one delivery, and that of the first counts.
 */

import type { Delivery } from "../lists/people.ts";
import { keyOf } from "../mail/address.ts";
import type { FoundMember } from "./found.ts";

export type Person = Pick<FoundMember, "address" | "where" | "name">;

export interface Kind {
  readonly people: () => AsyncIterable<Person>;
  readonly delivery: Delivery;
  /** The keys of these people; of the first kind they are not needed. */
  readonly only?: ReadonlySet<string>;
}

/** The keys of people. */
export async function addressesIn(
  people: AsyncIterable<Person>,
): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for await (const { address } of people) keys.add(keyOf(address));
  return keys;
}

/** All of them, each once. Only keys of the later kinds are in memory. */
export async function* together(
  kinds: readonly Kind[],
): AsyncGenerator<FoundMember> {
  const later = new Map(kinds.map((kind) => [kind, new Set(kind.only ?? [])]));
  const [first] = kinds;
  for (const kind of kinds) {
    const left = later.get(kind);
    for await (const person of kind.people()) {
      const key = keyOf(person.address);
      if (kind !== first && !left?.has(key)) continue;
      yield { ...person, delivery: kind.delivery };
      for (const keys of later.values()) keys.delete(key);
    }
  }
}
