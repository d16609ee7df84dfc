/**
 * Members that were found, as the lines of CSV that an import of the roster reads. What the roster
 * has no column for is counted: it is lost. A member who is suspended stays without mail, whatever
 * the roster knows of suspension.
 */
import { oneLine } from "../../base/log.ts";
import * as memberLines from "../../lists/memberLine.ts";
import { canonical, keyOf } from "../../mail/address.ts";
import type { FoundMember } from "../../transfer/found.ts";

export type Column =
  | "address"
  | "delivery"
  | "name"
  | "language"
  | "moderation"
  | "own_copy"
  | "duplicates"
  | "acknowledge"
  | "away"
  | "suspended"
  | "joined";

const cells: Readonly<Record<Column, (member: FoundMember) => string>> = {
  address: ({ address }) => address,
  delivery: ({ delivery }) => delivery,
  name: ({ name = "" }) => oneLine(name, 200),
  language: ({ language = "" }) => language,
  moderation: ({ moderation }) => moderation ?? "",
  own_copy: ({ ownCopy }) => yesNo(ownCopy),
  duplicates: ({ duplicates }) => yesNo(duplicates),
  acknowledge: ({ acknowledge }) => yesNo(acknowledge),
  away: ({ away }) => date(away),
  suspended: ({ suspended }) => date(suspended),
  joined: ({ joined }) => date(joined),
};

/** The columns that the roster reads: all of its own header, if it has one. */
export const columns = ((memberLines as { headLine?: string }).headLine?.split(
  ",",
) ?? ["address", "delivery", "name"]) as readonly Column[];

export interface Refused {
  readonly where: string;
  readonly address: string;
  readonly why: string;
}

export class MemberLines {
  readonly #columns: readonly Column[];
  readonly refused: Refused[] = [];
  /** Members of whom something is lost, by what it is. */
  readonly lost = new Map<Column, number>();
  readonly #seen = new Set<string>();
  count = 0;

  constructor(known: readonly Column[] = columns) {
    this.#columns = known;
  }

  /** A head, then a line a member; who cannot get mail, or comes twice, is refused. */
  async *of(
    members: AsyncIterable<FoundMember>,
    now: number,
  ): AsyncGenerator<string> {
    yield this.#columns.join(",");
    for await (const found of members) {
      const address = canonical(found.address.trim());
      if (address === undefined) {
        this.#refuse(found, "no usable address");
        continue;
      }
      if (this.#seen.has(keyOf(address))) {
        this.#refuse(found, "is there already, in other letters");
        continue;
      }
      this.#seen.add(keyOf(address));
      this.count += 1;
      yield this.#line(settled({ ...found, address }, this.#columns, now));
    }
  }

  #refuse({ where, address }: FoundMember, why: string): void {
    this.refused.push({ where, address: oneLine(address, 200), why });
  }

  #line(member: FoundMember): string {
    for (const [column, cell] of Object.entries(cells))
      if (!this.#columns.includes(column as Column) && cell(member) !== "")
        this.lost.set(
          column as Column,
          (this.lost.get(column as Column) ?? 0) + 1,
        );
    return this.#columns
      .map((column) => quoted(cells[column](member)))
      .join(",");
  }
}

function settled(
  member: FoundMember,
  known: readonly Column[],
  now: number,
): FoundMember {
  if (member.suspended === undefined) return member;
  if (known.includes("suspended"))
    return { ...member, suspended: member.suspended || now };
  return { ...member, delivery: "nomail" };
}

function yesNo(value: boolean | undefined): string {
  return value === undefined ? "" : value ? "yes" : "no";
}

function date(value: number | undefined): string {
  return value === undefined ? "" : new Date(value).toISOString();
}

function quoted(text: string): string {
  return /[",]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
