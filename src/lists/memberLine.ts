/**
 * A member on a line: `address`, `Name <address>`, or CSV (RFC 4180, on one line) with the columns of
 * a header, `address,delivery,name` without one. Pure.
 */
import { oneLine } from "../base/log.ts";
import { canonical, fromLine } from "../mail/address.ts";
import type { Member } from "../state/member.ts";
import { cellsOf, lineOf } from "./csvLine.ts";
import { type Column, columns, nameOf, type Said } from "./memberColumns.ts";

/** What a line says of a member, or why it cannot be read. */
export type MemberLine =
  | (Said & { readonly address: string })
  | { readonly why: string };

const ADDRESS = "address";

/** All columns, in the order in which they are written. */
const all = [ADDRESS, ...Object.keys(columns)];

/** What lines have without a header. */
const usual = [ADDRESS, "delivery", "name"];

const OPEN = "a quote is not closed";
const COMMAS = "columns are separated by commas, not by semicolons";

/** The first line of a table of members. */
export const headLine = lineOf(all);

/**
 * The columns that a first line names; undefined where it is no header but a member.
 * What is no column is told by name.
 */
export function headOf(
  line: string,
): readonly string[] | { readonly why: string } | undefined {
  if (line.includes("@")) return undefined;
  const cells = cellsOf(line.trim());
  if (!cells) return { why: OPEN };
  const names = cells.map((cell) =>
    cell.trim().toLowerCase().replace(/[ -]/g, "_"),
  );
  const others = names[0]?.split(";") ?? [];
  if (others.length > 1 && others.some((name) => all.includes(name.trim())))
    return { why: COMMAS };
  if (names.length < 2 && !names.some((name) => all.includes(name)))
    return undefined;
  const known = `there may stand ${all.join(", ")}`;
  const wrong = names.filter((name) => !all.includes(name));
  if (wrong.length > 0) {
    const shown = wrong.map((name) => `"${oneLine(name, 40)}"`).join(", ");
    return { why: `no such column: ${shown}; ${known}` };
  }
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) return { why: `two columns ${twice}` };
  if (!names.includes(ADDRESS))
    return { why: `there is no column address; ${known}` };
  return names;
}

/** Reads a line. An empty cell says nothing. @param head the columns, from `headOf` */
export function memberLine(
  line: string,
  head: readonly string[] = usual,
): MemberLine {
  const text = line.trim();
  const plain = head[0] === ADDRESS ? canonical(text) : undefined;
  if (plain !== undefined) return { address: plain };
  const cells = cellsOf(text);
  if (!cells) return { why: OPEN };
  const first = cells[head.indexOf(ADDRESS)] ?? "";
  const address = canonical(first);
  // A comma may stand in a name, too.
  const isName = cells.length === 1 || !first.endsWith(">");
  if (address === undefined && isName && head[0] === ADDRESS)
    return displayed(text);
  const found = address === undefined ? displayed(first) : { address };
  if ("why" in found) return found;
  if (cells.length > head.length) return { why: `more than ${head.join(",")}` };
  for (const [at, cell] of cells.entries()) {
    const name = head[at] ?? "";
    const column: Column | undefined = columns[name];
    if (!column || cell.trim() === "") continue;
    const said = column.read(cell);
    if (!said) return { why: `${name} must be ${column.takes}` };
    Object.assign(found, said);
  }
  return found;
}

/** `Name <address>` */
function displayed(text: string): MemberLine {
  const address = text.endsWith(">") ? fromLine(text) : undefined;
  if (address === undefined) {
    const [first = "", ...more] = text.split(";");
    const isSplit = more.length > 0 && canonical(first.trim()) !== undefined;
    return { why: isSplit ? COMMAS : "no usable address" };
  }
  const name = nameOf(unquoted(text.slice(0, text.lastIndexOf("<")).trim()));
  return name === "" ? { address } : { address, name };
}

/** The line of a member, which memberLine reads with the columns of `headLine`. */
export function csvLine(member: Member): string {
  const cells = writers.map((column) => column.write(member));
  return lineOf([member.address, ...cells]);
}

const writers = Object.values(columns);

/** `"Doe, Jane"` as a display name: quoted pairs as RFC 5322 §3.2.4 has them. */
function unquoted(name: string): string {
  const inside = /^"(.*)"$/.exec(name)?.[1];
  return inside === undefined ? name : inside.replace(/\\(.)/g, "$1");
}
