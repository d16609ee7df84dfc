/**
 * The members of lists, as people and programs see them: by address, compared without case. Adding
 * and removing are idempotent, and what they change stands in the journal and is told in the
 * queue of events; an import writes in transactions, so after a crash it is simply run again.
 */
import { breath } from "../base/breath.ts";
import { systemClock } from "../base/clock.ts";
import { oneLine } from "../base/log.ts";
import { canonical, keyOf } from "../mail/address.ts";
import { type Actor, mill } from "../state/actor.ts";
import type { Added, Delivery, Joining, Member } from "../state/member.ts";
import { type Imported, importLines } from "./importing.ts";
import { nameOf } from "./memberColumns.ts";
import { csvLine, headLine } from "./memberLine.ts";
import { tellOwn } from "./outbox.ts";
import { memberKey } from "./people.ts";
import { Readers } from "./readers.ts";
import { stateOf } from "./state.ts";

/** What may be said of a member; what is left out stays as it is, null is as the list has it. */
export type Wishes = Omit<Joining, "key" | "address">;

/** The roster of a home. Its state is opened when it is first asked. */
export function rosterOf(home: string): Roster {
  return new Roster(
    () => stateOf(home),
    systemClock,
    () => tellOwn(home),
  );
}

/** Members that are many for a table. */
const MANY = 1000;

export class Roster extends Readers {
  /** Adds a member or changes one; "refused" where the address cannot be used. */
  async add(
    list: string,
    address: string,
    wishes: Wishes = {},
    actor?: Actor,
  ): Promise<Added | "refused"> {
    const usable = canonical(address);
    if (usable === undefined) return "refused";
    const joining = { ...fit(wishes), key: keyOf(usable), address: usable };
    const { members } = await this.state();
    const now = this.clock.now();
    const added = await members.add(keyOf(list), joining, now, actor);
    if (added !== "present") await this.told();
    return added;
  }

  /** Changes a member; who is none ("absent") does not become one. */
  async change(
    list: string,
    address: string,
    wishes: Wishes,
    actor?: Actor,
  ): Promise<"changed" | "present" | "absent"> {
    const { members } = await this.state();
    // The address stays as the member has it.
    const member = await members.get(keyOf(list), memberKey(address));
    if (!member) return "absent";
    const joining = {
      ...fit(wishes),
      key: member.key,
      address: member.address,
    };
    const now = this.clock.now();
    const done = await members.change(keyOf(list), joining, now, actor);
    if (done === "changed") await this.told();
    return done;
  }

  /** No mail to a member until it is resumed. One that is suspended already stays so since then. */
  async suspend(
    list: string,
    address: string,
    reason: string,
    actor?: Actor,
  ): Promise<"changed" | "present" | "absent"> {
    const since = (await this.get(list, address))?.suspended;
    const suspended = since ?? this.clock.now();
    const suspendedFor = oneLine(reason, 200);
    return this.change(list, address, { suspended, suspendedFor }, actor);
  }

  resume(
    list: string,
    address: string,
    actor?: Actor,
  ): Promise<"changed" | "present" | "absent"> {
    return this.change(list, address, { suspended: null }, actor);
  }

  /**
   * Forgets a list: its members, roles and history, who gets nothing of it, and how many recipients
   * its last post had.
   * @param last the last of `changes` before the list was read; without it whatever has happened since
   * @returns false, with nothing changed, where something has
   */
  async clear(list: string, last?: number): Promise<boolean> {
    return (await this.state()).clear(keyOf(list), last);
  }

  /** Gives a list another address, with all that is known of it. Done again it changes nothing. */
  async rename(from: string, to: string, actor: Actor = mill): Promise<void> {
    const state = await this.state();
    await state.rename(keyOf(from), keyOf(to), this.clock.now(), actor);
  }

  /** True where there was such a member. */
  async remove(list: string, address: string, actor?: Actor): Promise<boolean> {
    const { members } = await this.state();
    const now = this.clock.now();
    const key = memberKey(address);
    const isGone = await members.remove(keyOf(list), key, now, actor);
    if (isGone) await this.told();
    return isGone;
  }

  async get(list: string, address: string): Promise<Member | undefined> {
    const { members } = await this.state();
    return members.get(keyOf(list), memberKey(address));
  }

  /** Those of some addresses who are members, in no order. */
  async among(list: string, addresses: readonly string[]): Promise<Member[]> {
    const { members } = await this.state();
    const keys = new Set(addresses.map(memberKey));
    return members.some(keyOf(list), [...keys]);
  }

  /** @param of the deliveries that count; all without it */
  async count(list: string, of?: readonly Delivery[]): Promise<number> {
    const { members } = await this.state();
    return members.count(keyOf(list), { of });
  }

  /**
   * Members in the order of their keys, with memory flat; other work goes on between the pages.
   * @param wanted the deliveries that are wanted, all without it; and whether only who gets mail now
   */
  async *members(
    list: string,
    wanted: {
      readonly delivery?: readonly Delivery[];
      readonly reached?: boolean;
    } = {},
  ): AsyncGenerator<Member> {
    const { members } = await this.state();
    const reach = wanted.reached ? this.reach : undefined;
    const those = { of: wanted.delivery, reach };
    for await (const page of members.all(keyOf(list), those)) {
      yield* page;
      await breath();
    }
  }

  /**
   * Adds members from lines: `address`, `Name <address>` or CSV (memberLine.ts).
   * @param name of the text, for errors
   * Throws a Failure where the header names what is no column: nothing is imported.
   */
  async import(
    list: string,
    lines: AsyncIterable<string> | Iterable<string>,
    actor: Actor = { by: "import", who: "" },
    name?: string,
  ): Promise<Imported> {
    const { members, store } = await this.state();
    const imported = await importLines(lines, name, async (some) => {
      const now = this.clock.now();
      const added = await members.addAll(keyOf(list), some, now, actor);
      await this.told();
      return added;
    });
    if (imported.added > MANY) await store.lookAt("members");
    return imported;
  }

  /** A header and all members as lines that `import` reads. */
  async *export(list: string): AsyncGenerator<string> {
    yield headLine;
    for await (const member of this.members(list)) yield csvLine(member);
  }

  /** All that is known of a list as CSV, for files of these names. */
  tables(list: string): readonly (readonly [string, AsyncIterable<string>])[] {
    return [
      ["members.csv", this.export(list)],
      ["roles.csv", this.roleLines(list)],
      ["suppressed.csv", this.suppressedLines(list)],
      ["journal.csv", this.journal(list)],
    ];
  }
}

function fit(wishes: Wishes): Wishes {
  const { name } = wishes;
  return name === undefined ? wishes : { ...wishes, name: nameOf(name) };
}
