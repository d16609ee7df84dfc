/**
 * The deliveries that a member has had, each from a number of the journal on. In the row those before the
 * present one are text, `0 posts 17 digest-mime`. Pure.
 */
import type { Delivery } from "./member.ts";
import type { MemberRow } from "./rows.ts";

export interface Spell {
  /** The number of the journal with which it began. */
  readonly since: number;
  readonly delivery: Delivery;
}

type Row = Pick<MemberRow, "delivery" | "delivery_since" | "deliveries">;

/** Most that are kept: who changes more often between two digests may miss posts. */
const KEPT = 50;

/** What a row's `deliveries` is once its present one is over. */
export function spellsBefore(row: Row): string {
  return spellsOf(row)
    .slice(-KEPT)
    .map(({ since, delivery }) => `${since} ${delivery}`)
    .join(" ");
}

/** All of them, oldest first. */
export function spellsOf(row: Row): Spell[] {
  const spells = [...row.deliveries.matchAll(/(\d+) (\S+)/g)].map(
    ([, since, delivery]) => ({
      since: Number(since),
      delivery: delivery as Delivery,
    }),
  );
  const { delivery, delivery_since: since } = row;
  return [...spells, { since, delivery: delivery as Delivery }];
}

/**
 * The delivery that somebody had.
 * @param at a number of the journal
 * @returns undefined where he was no member then
 */
export function deliveryAt(
  spells: readonly Spell[],
  at: number,
): Delivery | undefined {
  return spells.findLast(({ since }) => since <= at)?.delivery;
}
