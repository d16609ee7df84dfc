/**
 * A member as a row of the table. A moment that is not set is 0 there, so that one comparison tells
 * who gets mail. Pure.
 */
import type { Delivery, Joining, Member, Moderation } from "./member.ts";
import type { MemberRow } from "./rows.ts";
import { spellsBefore } from "./spells.ts";

/** What may change of a member, in the order in which it is told. */
export const changing = [
  "address",
  "name",
  "delivery",
  "own_copy",
  "duplicates",
  "acknowledge",
  "language",
  "moderation",
  "away",
  "suspended",
  "suspended_for",
  "joined",
] as const satisfies readonly (keyof MemberRow)[];

/** All columns but those of the key. */
export const written = [
  ...changing,
  "delivery_since",
  "deliveries",
] as const satisfies readonly (keyof MemberRow)[];

/**
 * The row of somebody who joins or changes.
 * @param now milliseconds since 1970
 * @param next a number that is above all of the list's journal so far, and none above the next one
 */
export function rowOf(
  list: string,
  one: Joining,
  old: MemberRow | undefined,
  now: number,
  next: number,
): MemberRow {
  const suspended = moment(one.suspended, old?.suspended);
  const delivery = one.delivery ?? old?.delivery ?? "posts";
  // Who is said to have joined before has been a member all along: after a restore, say.
  const first = one.joined === undefined ? next : 0;
  const since = old?.delivery === delivery ? old.delivery_since : next;
  return {
    list,
    key: one.key,
    address: one.address,
    name: one.name ?? old?.name ?? "",
    delivery,
    delivery_since: old ? since : first,
    deliveries:
      old && since !== old.delivery_since
        ? spellsBefore(old)
        : (old?.deliveries ?? ""),
    own_copy: choice(one.ownCopy, old?.own_copy),
    duplicates: choice(one.duplicates, old?.duplicates),
    acknowledge: choice(one.acknowledge, old?.acknowledge),
    language: one.language ?? old?.language ?? "",
    moderation: one.moderation ?? old?.moderation ?? "default",
    away: moment(one.away, old?.away),
    suspended,
    suspended_for:
      suspended === 0 ? "" : (one.suspendedFor ?? old?.suspended_for ?? ""),
    joined: one.joined ?? old?.joined ?? now,
  };
}

/** Whether nothing has changed. */
export function isSame(one: MemberRow, other: MemberRow): boolean {
  return changing.every((column) => one[column] === other[column]);
}

export function memberOf(row: MemberRow): Member {
  return {
    key: row.key,
    address: row.address,
    name: row.name,
    delivery: row.delivery as Delivery,
    ownCopy: chosen(row.own_copy),
    duplicates: chosen(row.duplicates),
    acknowledge: chosen(row.acknowledge),
    language: row.language,
    moderation: row.moderation as Moderation,
    away: row.away === 0 ? undefined : row.away,
    suspended: row.suspended === 0 ? undefined : row.suspended,
    suspendedFor: row.suspended_for,
    joined: row.joined,
  };
}

function choice(
  wish: boolean | null | undefined,
  old: number | null = null,
): number | null {
  if (wish === undefined) return old;
  return wish === null ? null : Number(wish);
}

function chosen(value: number | null): boolean | undefined {
  return value === null ? undefined : value !== 0;
}

function moment(wish: number | null | undefined, old = 0): number {
  return wish === undefined ? old : (wish ?? 0);
}
