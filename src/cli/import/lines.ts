/**
 * Members that were found, as the lines of CSV that an import of the roster reads.
 */
import { hashOf } from "../../base/hash.ts";
import { oneLine } from "../../base/log.ts";
import { lineOf } from "../../lists/csvLine.ts";
import { headLine } from "../../lists/memberLine.ts";
import { canonical, keyOf } from "../../mail/address.ts";
import type { FoundMember } from "../../transfer/found.ts";

const cells: Readonly<Record<string, (member: FoundMember) => string>> = {
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

/** Those of the roster that other managers have something for. */
const columns = headLine.split(",").filter((column) => column in cells);

/** Refused members that are told one by one. */
const TOLD = 100;

export interface Refused {
  readonly where: string;
  readonly address: string;
  readonly why: string;
}

/** Since when a member of the roster is suspended. */
export type Since = (address: string) => Promise<number | undefined>;

export class MemberLines {
  readonly #since: Since;
  /** Members who could not be taken. */
  refusals = 0;
  /** The first of them. */
  readonly refused: Refused[] = [];
  /** The hash of each one's line, by key: 85 bytes a member. */
  readonly #seen = new Map<string, number>();
  count = 0;

  constructor(since: Since = async () => undefined) {
    this.#since = since;
  }

  /**
   * A head, then a line a member. Who cannot get mail, or comes twice and otherwise, is refused.
   * @param now since when those are suspended of whom the source does not tell
   */
  async *of(
    members: AsyncIterable<FoundMember>,
    now: number,
  ): AsyncGenerator<string> {
    yield columns.join(",");
    for await (const found of members) {
      const address = canonical(found.address.trim());
      if (address === undefined) {
        this.#refuse(found, "no usable address");
        continue;
      }
      const key = keyOf(address);
      const hash = hashOf(lineFrom({ ...found, address }));
      const before = this.#seen.get(key);
      if (before !== undefined) {
        if (before !== hash)
          this.#refuse(
            found,
            "is there already, with other letters or options",
          );
        continue;
      }
      this.#seen.set(key, hash);
      this.count += 1;
      // The same each time: an import that is run again changes nothing.
      const suspended =
        found.suspended === 0
          ? ((await this.#since(address)) ?? now)
          : found.suspended;
      yield lineFrom({ ...found, address, suspended });
    }
  }

  #refuse({ where, address }: FoundMember, why: string): void {
    this.refusals += 1;
    if (this.refused.length < TOLD)
      this.refused.push({ where, address: oneLine(address, 200), why });
  }
}

function lineFrom(member: FoundMember): string {
  return lineOf(columns.map((column) => cells[column]?.(member) ?? ""));
}

function yesNo(value: boolean | undefined): string {
  return value === undefined ? "" : value ? "yes" : "no";
}

function date(value: number | undefined): string {
  return value === undefined ? "" : new Date(value).toISOString();
}
