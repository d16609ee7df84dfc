/**
 * What events say of members whose rows were written: one each, or one for all where they are many, so
 * that an import of a hundred thousand is told in a hundred events. Pure.
 */
import { changing } from "./memberRow.ts";
import type { Told } from "./outbox.ts";
import type { MemberRow } from "./rows.ts";

/** A member as it was, undefined: not there, and as it is. */
export interface Changed {
  readonly old: MemberRow | undefined;
  readonly row: MemberRow;
}

/** Members that are changed at once and told one by one. */
const FEW = 20;

export function toldOf(all: readonly Changed[]): Told[] {
  if (all.length <= FEW) return all.flatMap(one);
  const joined: object[] = [];
  const changed: object[] = [];
  for (const { old, row } of all)
    (old ? changed : joined).push(memberShown(row));
  return [{ event: "members.imported", detail: { joined, changed } }];
}

/** Columns without those that events of their own tell. */
const told = changing.filter((column) => !column.startsWith("suspended"));

function one({ old, row }: Changed): Told[] {
  if (!old) return [{ event: "member.joined", detail: memberShown(row) }];
  const { address } = row;
  const found: Told[] = [];
  const changed = told.filter((column) => old[column] !== row[column]);
  if (changed.length > 0) {
    const was: Record<string, unknown> = {};
    for (const column of changed) was[column] = shown(column, old);
    found.push({
      event: "member.changed",
      detail: { ...memberShown(row), was },
    });
  }
  if (row.suspended === 0 && old.suspended !== 0)
    found.push({ event: "member.restored", detail: { address } });
  else if (
    row.suspended !== old.suspended ||
    row.suspended_for !== old.suspended_for
  ) {
    const reason = row.suspended_for;
    found.push({
      event: "member.suspended",
      detail: { address, reason, since: shown("suspended", row) },
    });
  }
  return found;
}

/** What is as with most members is left out. */
function memberShown(row: MemberRow): Record<string, unknown> {
  const found: Record<string, unknown> = {
    address: row.address,
    delivery: row.delivery,
    joined: shown("joined", row),
  };
  for (const column of changing) {
    const value = row[column];
    const isUsual =
      value === null || value === 0 || value === "" || value === "default";
    const isFlag = typeof shown(column, row) === "boolean";
    if (!(column in found) && (!isUsual || isFlag))
      found[column] = shown(column, row);
  }
  return found;
}

type Column = (typeof changing)[number];

/** A value as programs read it: ISO 8601 for moments, null for what is as the list has it. */
function shown(column: Column, row: MemberRow): unknown {
  const value = row[column];
  switch (column) {
    case "joined":
    case "away":
    case "suspended":
      return value === 0 ? null : new Date(Number(value)).toISOString();
    case "own_copy":
    case "duplicates":
    case "acknowledge":
      return value === null ? null : value !== 0;
    default:
      return value;
  }
}
