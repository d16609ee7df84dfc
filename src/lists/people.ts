/**
 * Who has which role of a list, and what happened to whom: by address, compared without case. The
 * roles that a list's settings give (`owners`, `moderators`) are not among them.
 */
import { breath } from "../base/breath.ts";
import type { Clock } from "../base/clock.ts";
import { exit, Failure } from "../base/errors.ts";
import { momentOf, momentText } from "../base/moments.ts";
import { canonical, keyOf } from "../mail/address.ts";
import { type Actor, mill } from "../state/actor.ts";
import type { Entry } from "../state/journal.ts";
import { type PersonRole, personRoles } from "../state/member.ts";
import type { Person } from "../state/roles.ts";
import type { State } from "../state/state.ts";
import { cellsOf, lineOf } from "./csvLine.ts";
import { entryFrom, journalHead, journalLine } from "./journalLine.ts";

export type { Delivery, PersonRole } from "../state/member.ts";

export class People {
  protected readonly state: () => Promise<State>;
  protected readonly clock: Clock;
  /** Has what was done told. */
  protected readonly told: () => Promise<void>;

  /** @param state opens it, or has it open @param told nobody without it */
  constructor(
    state: () => Promise<State>,
    clock: Clock,
    told: () => Promise<void> = async () => {},
  ) {
    this.state = state;
    this.clock = clock;
    this.told = told;
  }

  /** Gives a role or takes it; who has one need be no member. @param since undefined: now */
  async role(
    list: string,
    address: string,
    role: PersonRole,
    on: boolean,
    actor: Actor = mill,
    since?: number,
  ): Promise<"changed" | "present" | "refused"> {
    // What cannot be used may have come in another way, and can be taken.
    const usable = canonical(address) ?? (on ? undefined : address);
    if (usable === undefined) return "refused";
    const { roles } = await this.state();
    const one = { key: keyOf(usable), address: usable, role };
    const person = since === undefined ? one : { ...one, since };
    const now = this.clock.now();
    const changed = await roles.set(keyOf(list), person, on, now, actor);
    if (changed) await this.told();
    return changed ? "changed" : "present";
  }

  /** The roles of somebody, without those that the list's settings give. */
  async roles(list: string, address: string): Promise<ReadonlySet<PersonRole>> {
    const { roles } = await this.state();
    return roles.of(keyOf(list), memberKey(address));
  }

  /** The addresses of all who have a role, without those that the list's settings give it. */
  async withRole(list: string, role: PersonRole): Promise<string[]> {
    const { roles } = await this.state();
    return roles.having(keyOf(list), role);
  }

  /** All who have a role of a list. */
  async people(list: string): Promise<Person[]> {
    const { roles } = await this.state();
    return roles.all(keyOf(list));
  }

  /** The same as CSV with a header. */
  async *roleLines(list: string): AsyncGenerator<string> {
    yield "role,address,since";
    for (const { role, address, since } of await this.people(list))
      yield lineOf([role, address, momentText(since)]);
  }

  /**
   * Gives those their roles back who had one.
   * @param lines those of `roleLines`
   * @param file its name, for errors
   * Throws a Failure at one that cannot be read.
   */
  async restoreRoles(
    list: string,
    lines: AsyncIterable<string>,
    file: string,
    actor: Actor,
  ): Promise<void> {
    let line = 0;
    for await (const text of lines) {
      line += 1;
      if (line === 1 || text.trim() === "") continue;
      const [role, address = "", since = ""] = cellsOf(text) ?? [];
      const known = personRoles.find((one) => one === role);
      const done = known
        ? await this.role(list, address, known, true, actor, momentOf(since))
        : "refused";
      if (done === "refused") throw unread(file, line);
    }
  }

  /**
   * Gives a list the history that it had, and says that it is back.
   * @param lines those of `journal`
   * @param file its name, for errors
   * Throws a Failure at one that cannot be read; nothing is changed then.
   */
  async restoreJournal(
    list: string,
    lines: AsyncIterable<string>,
    file: string,
    actor: Actor,
  ): Promise<void> {
    const state = await this.state();
    async function* entries() {
      let line = 0;
      for await (const text of lines) {
        line += 1;
        if (line === 1 || text.trim() === "") continue;
        const entry = entryFrom(text);
        if (!entry) throw unread(file, line);
        yield entry;
      }
    }
    const now = this.clock.now();
    await state.restoreJournal(keyOf(list), entries(), now, actor);
  }

  /** Whether there are members or roles of a list, or addresses that get nothing of it. */
  async isKnown(list: string): Promise<boolean> {
    const { members, roles, suppressed } = await this.state();
    const key = keyOf(list);
    if ((await members.count(key, {})) > 0) return true;
    if ((await roles.all(key)).length > 0) return true;
    for await (const page of suppressed.all(key)) return page.length > 0;
    return false;
  }

  /** Those who get nothing of a list, as CSV with a header. */
  async *suppressedLines(list: string): AsyncGenerator<string> {
    yield "address,since,reason";
    const { suppressed } = await this.state();
    for await (const page of suppressed.all(keyOf(list)))
      for (const { address, since, reason } of page)
        yield lineOf([address, momentText(since), reason]);
  }

  /**
   * Has those get nothing of a list who got nothing of it.
   * @param lines those of `suppressedLines`
   * @param file its name, for errors
   * Throws a Failure at one that cannot be read.
   */
  async restoreSuppressed(
    list: string,
    lines: AsyncIterable<string>,
    file: string,
  ): Promise<void> {
    const { suppressed } = await this.state();
    let line = 0;
    for await (const text of lines) {
      line += 1;
      if (line === 1 || text.trim() === "") continue;
      const [address = "", when = "", reason = ""] = cellsOf(text) ?? [];
      const since = momentOf(when);
      if (address === "" || since === undefined) throw unread(file, line);
      const key = keyOf(address);
      await suppressed.add([
        { list: keyOf(list), key, address, reason, since },
      ]);
    }
  }

  /** The first and the last thing that is known to have happened to a list, by the numbers of the state. */
  async changes(
    list: string,
  ): Promise<{ readonly first: number; readonly last: number } | undefined> {
    const { journal } = await this.state();
    return journal.span(keyOf(list));
  }

  /** What happened to the members of a list, or to one of them; oldest first. */
  async *history(list: string, address?: string): AsyncGenerator<Entry> {
    const { journal } = await this.state();
    const key = address === undefined ? undefined : memberKey(address);
    for await (const page of journal.all(keyOf(list), key)) {
      yield* page;
      await breath();
    }
  }

  /** The same of the whole list as CSV with a header. */
  async *journal(list: string): AsyncGenerator<string> {
    yield journalHead;
    for await (const entry of this.history(list)) yield journalLine(entry);
  }
}

function unread(file: string, line: number): Failure {
  return new Failure(
    exit.dataError,
    `${file}:${line}: this line cannot be read; mend it or take it out, and say it again`,
  );
}

/** The key of an address that may be written in any way. */
export function memberKey(address: string): string {
  return keyOf(canonical(address) ?? address);
}
