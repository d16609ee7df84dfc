/**
 * Who of a list gets mail now, and what each had when something changed: addresses for distribution lists,
 * written to files so that a million of them cost no memory.
 */
import { closeSync, openSync } from "node:fs";
import { breath } from "../base/breath.ts";
import { release } from "../base/memory.ts";
import { keyOf } from "../mail/address.ts";
import { writeAll } from "../spool/durable.ts";
import type { Delivery } from "../state/member.ts";
import { type Reach, reachedAt } from "../state/memberQueries.ts";
import type { Changer } from "../state/members.ts";
import { deliveryAt } from "../state/spells.ts";
import { People } from "./people.ts";

export class Readers extends People {
  /** How many of some deliveries get mail now: neither away nor suspended. */
  async readers(list: string, of: readonly Delivery[]): Promise<number> {
    const { members } = await this.state();
    return members.count(keyOf(list), { of, reach: this.reach });
  }

  /** The number of the last change to a list: what is read from now on is as of that one, or later. */
  async last(list: string): Promise<number> {
    return (await this.state()).journal.last(keyOf(list));
  }

  /**
   * Those who get mail now whose delivery has changed since, with all that they had.
   * @param since a number that `last` gave
   * @param like what stands in the name of a delivery that they have or had
   */
  async *changed(
    list: string,
    since: number,
    like: string,
  ): AsyncGenerator<Changer> {
    const { members, journal } = await this.state();
    const key = keyOf(list);
    // Nothing has happened: there is no need to look at everybody.
    if ((await journal.last(key)) <= since) return;
    for await (const page of members.changed(
      key,
      { since, like },
      this.reach,
    )) {
      yield* page;
      await breath();
    }
  }

  /**
   * Writes the addresses of members who get mail now for a distribution list to a new file, an
   * address a line: they are never all in memory. Whose delivery changes meanwhile may be in it twice.
   * @param delivery the one that they had
   * @param asOf a number that `last` gave; the last one without it
   * @returns the file, and as of which change it is
   */
  async addressFile(
    list: string,
    delivery: Delivery,
    file: string,
    asOf?: number,
  ): Promise<{ readonly file: string; readonly asOf: number }> {
    const at = asOf ?? (await this.last(list));
    await this.write(list, file, {
      all: { delivery, until: at },
      some: ({ spells }) => deliveryAt(spells, at) === delivery,
    });
    return { file, asOf: at };
  }

  /**
   * Writes addresses of members who get mail now to a new file, an address a line.
   * @param all those who have a delivery, and had none other after that change
   * @param some who of those whose delivery has changed since then
   */
  async write(
    list: string,
    file: string,
    {
      all: { delivery, until },
      some,
      only = false,
    }: {
      readonly all: { readonly delivery: Delivery; readonly until: number };
      readonly some: (changer: Changer) => boolean;
      /** Whether those who have not changed are left out. */
      readonly only?: boolean;
    },
  ): Promise<void> {
    const { members } = await this.state();
    const fd = openSync(file, "wx", 0o640);
    try {
      const key = keyOf(list);
      if (!only)
        for await (const page of members.addresses(
          key,
          delivery,
          this.reach,
          until,
        )) {
          writeAll(fd, page);
          release(page);
          await breath();
        }
      for await (const changer of this.changed(list, until, delivery))
        if (some(changer)) writeAll(fd, Buffer.from(`${changer.address}\n`));
    } finally {
      closeSync(fd);
    }
  }

  /** Those who are neither away nor suspended. */
  protected get reach(): Reach {
    return reachedAt(this.clock.now());
  }
}
