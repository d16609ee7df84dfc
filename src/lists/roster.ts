/**
 * The members of lists, as people and programs see them: by address, compared without case. Adding
 * and removing are idempotent; an import writes in transactions, so after a crash it is simply run
 * again.
 */
import { closeSync, openSync } from "node:fs";
import { breath } from "../base/breath.ts";
import { type Clock, systemClock } from "../base/clock.ts";
import { oneLine } from "../base/log.ts";
import { release } from "../base/memory.ts";
import { canonical, keyOf } from "../mail/address.ts";
import { writeAll } from "../spool/durable.ts";
import type { Added, Delivery, Joining, Member } from "../state/member.ts";
import type { State } from "../state/state.ts";
import { csvLine, memberLine } from "./memberLine.ts";
import { stateOf } from "./state.ts";

/** What may be said of a member; what is left out stays as it is. */
export interface Wishes {
  readonly name?: string | undefined;
  readonly delivery?: Delivery | undefined;
  readonly ownCopy?: boolean | undefined;
}

export interface Imported {
  added: number;
  changed: number;
  present: number;
  /** `line` from 1. */
  readonly refused: { line: number; text: string; why: string }[];
}

/** The roster of a home. Its state is opened when it is first asked. */
export function rosterOf(home: string): Roster {
  return new Roster(() => stateOf(home), systemClock);
}

/** Members written in one transaction. */
const BATCH = 5000;

export class Roster {
  readonly #state: () => Promise<State>;
  readonly #clock: Clock;

  /** @param state opens it, or has it open */
  constructor(state: () => Promise<State>, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  /** Adds a member or changes one; "refused" where the address cannot be used. */
  async add(
    list: string,
    address: string,
    wishes: Wishes = {},
  ): Promise<Added | "refused"> {
    const usable = canonical(address);
    if (usable === undefined) return "refused";
    const name = wishes.name === undefined ? undefined : nameOf(wishes.name);
    const joining = { ...wishes, name, key: keyOf(usable), address: usable };
    const { members } = await this.#state();
    return members.add(keyOf(list), joining, this.#clock.now());
  }

  /** Forgets a list: its members, and how many recipients its last post had. */
  async clear(list: string): Promise<void> {
    const { members, sizes } = await this.#state();
    await members.clear(keyOf(list));
    await sizes.forget(keyOf(list));
  }

  /** True where there was such a member. */
  async remove(list: string, address: string): Promise<boolean> {
    const { members } = await this.#state();
    return members.remove(keyOf(list), memberKey(address));
  }

  async get(list: string, address: string): Promise<Member | undefined> {
    const { members } = await this.#state();
    return members.get(keyOf(list), memberKey(address));
  }

  /** @param of the deliveries that count; all without it */
  async count(list: string, of?: readonly Delivery[]): Promise<number> {
    const { members } = await this.#state();
    return members.count(keyOf(list), of);
  }

  /**
   * Members in the order of their keys, with memory flat; other work goes on between the pages.
   * @param wanted the deliveries that are wanted; all without it
   */
  async *members(
    list: string,
    wanted: { readonly delivery?: readonly Delivery[] } = {},
  ): AsyncGenerator<Member> {
    const { members } = await this.#state();
    for await (const page of members.all(keyOf(list), wanted.delivery)) {
      yield* page;
      await breath();
    }
  }

  /**
   * Writes the addresses of members for a distribution list to a new file, an address a line: they
   * are never all in memory. @returns the file
   */
  async addressFile(
    list: string,
    delivery: Delivery,
    file: string,
  ): Promise<{ readonly file: string }> {
    const { members } = await this.#state();
    const fd = openSync(file, "wx", 0o640);
    try {
      for await (const page of members.addresses(keyOf(list), delivery)) {
        writeAll(fd, page);
        release(page);
        await breath();
      }
    } finally {
      closeSync(fd);
    }
    return { file };
  }

  /**
   * Adds members from lines: `address`, `Name <address>` or `address,delivery,name`. Empty lines,
   * lines that begin with # and a first line `address,...` are passed over.
   */
  async import(
    list: string,
    lines: AsyncIterable<string> | Iterable<string>,
  ): Promise<Imported> {
    const result: Imported = { added: 0, changed: 0, present: 0, refused: [] };
    let batch: Joining[] = [];
    const { members } = await this.#state();
    const write = async () => {
      const now = this.#clock.now();
      for (const one of await members.addAll(keyOf(list), batch, now))
        result[one] += 1;
      batch = [];
    };
    let line = 0;
    for await (const raw of lines) {
      line += 1;
      const text = line === 1 ? raw.replace(/^\ufeff/, "") : raw;
      if (/^\s*(#|$)/.test(text)) continue;
      if (line === 1 && /^address\s*(,|$)/i.test(text)) continue;
      const read = memberLine(text);
      if ("why" in read)
        result.refused.push({ line, text: oneLine(text, 200), why: read.why });
      else {
        batch.push({ ...read, key: keyOf(read.address) });
        if (batch.length >= BATCH) await write();
      }
    }
    await write();
    return result;
  }

  /** All members as lines `address,delivery,name` that `import` reads. */
  async *export(list: string): AsyncGenerator<string> {
    for await (const member of this.members(list)) yield csvLine(member);
  }
}

function nameOf(text: string): string {
  return oneLine(text, 200);
}

/** The key of an address that may be written in any way. */
function memberKey(address: string): string {
  return keyOf(canonical(address) ?? address);
}
