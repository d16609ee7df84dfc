/** What the journal says of a member whose row was written. Pure. */
import { oneLine } from "../base/log.ts";
import { momentText } from "../base/moments.ts";
import type { Happening } from "./journal.ts";
import { changing } from "./memberRow.ts";
import type { MemberRow } from "./rows.ts";

/** Most characters of an entry's detail. */
const DETAIL = 500;

/** Of somebody new, or of changes: one entry, and one of its own for a suspension or its end. */
export function happenings(
  old: MemberRow | undefined,
  row: MemberRow,
): Happening[] {
  const { key, address } = row;
  const found: Happening[] = [];
  const tell = (what: string, detail: string) =>
    found.push({ key, address, what, detail: oneLine(detail, DETAIL) });
  const detail = old ? changes(old, row) : choices(row);
  if (!old || detail !== "") tell(old ? "changed" : "joined", detail);
  const before = old ?? { suspended: 0, suspended_for: "" };
  if (row.suspended === 0 && before.suspended !== 0) tell("resumed", "");
  else if (
    row.suspended !== before.suspended ||
    row.suspended_for !== before.suspended_for
  )
    tell("suspended", row.suspended_for);
  return found;
}

/** Columns without those that entries of their own tell. */
const told = changing.filter((column) => !column.startsWith("suspended"));

type Told = (typeof told)[number];

/** The options that are as with most. */
const usual: Partial<MemberRow> = {
  delivery: "posts",
  own_copy: null,
  duplicates: null,
  acknowledge: null,
  language: "",
  moderation: "default",
  away: 0,
};

function choices(row: MemberRow): string {
  return told
    .filter((column) => column in usual && row[column] !== usual[column])
    .map((column) => `${column} ${shown(column, row)}`)
    .join(", ");
}

function changes(old: MemberRow, row: MemberRow): string {
  return told
    .filter((column) => old[column] !== row[column])
    .map((column) => `${column} ${shown(column, old)} > ${shown(column, row)}`)
    .join(", ");
}

/** A value as people and programs write it. */
function shown(column: Told, row: MemberRow): string {
  const value = row[column];
  switch (column) {
    case "name":
      return JSON.stringify(value);
    case "joined":
    case "away":
      return value === 0 ? "-" : momentText(Number(value));
    case "own_copy":
    case "duplicates":
    case "acknowledge":
      return value === null ? "-" : value === 0 ? "no" : "yes";
    default:
      return String(value) || "-";
  }
}
