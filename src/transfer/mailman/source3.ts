/**
 * A list of Mailman 3 as one document: what its REST API gives, by the names of its resources. A
 * collection may stand there as the API gives it, as the array of its entries, or as an array of
 * its pages. Pure.
 */
import { exit, Failure } from "../../base/errors.ts";
import { type Counterparts, same } from "../counterparts.ts";
import type { Fate, Posting } from "../posting.ts";

export type Record3 = Readonly<Record<string, unknown>>;

export interface Source3 {
  readonly address: string;
  readonly config: Record3;
  readonly posting: Posting;
}

export const documentKeys = [
  "list",
  "config",
  "members",
  "owners",
  "moderators",
  "nonmembers",
  "bans",
  "header_matches",
  "templates",
] as const;

/** Throws a Failure that names the line where the text is no JSON, or no such document. */
export function documentIn(text: string, file: string): Record3 {
  let found: unknown;
  try {
    found = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    const at = Number(
      /at position (\d+)/.exec(String(error))?.[1] ?? text.length,
    );
    const line = text.slice(0, at).split("\n").length;
    throw new Failure(exit.dataError, `${file}:${line}: not valid JSON`);
  }
  if (!isRecord(found) || !isRecord(found.config))
    throw new Failure(
      exit.dataError,
      `${file}: "config" is missing in it; docs/import.md shows how to make the document`,
    );
  return found;
}

export function postingOf(config: Record3): Posting {
  const fate = (value: unknown, without: Fate): Fate =>
    value === "defer" || value === "accept"
      ? "accept"
      : ((["hold", "reject", "discard"] as const).find(
          (one) => one === value,
        ) ?? without);
  return {
    members: fate(config.default_member_action, "accept"),
    others: fate(config.default_nonmember_action, "hold"),
  };
}

/** The entries of a collection. */
export function entriesOf(value: unknown): Record3[] {
  if (isRecord(value)) return entriesOf(value.entries ?? []);
  if (!Array.isArray(value)) return [];
  return value.flatMap((one): Record3[] => {
    if (typeof one === "string") return [{ email: one }];
    if (!isRecord(one)) return [];
    const page =
      one.email === undefined &&
      (Array.isArray(one.entries) || "total_size" in one);
    return page ? entriesOf(one.entries ?? []) : [one];
  });
}

/** A text, a number or a flag as text; "" for all else. */
export function textOf(value: unknown): string {
  const plain = ["string", "number", "boolean"].includes(typeof value);
  return plain ? String(value) : "";
}

export function textsOf(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((one) => typeof one === "string")
    : [];
}

export function isRecord(value: unknown): value is Record3 {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export type Table = Counterparts<unknown, Source3>;
export type Key = Table[string];

/** A setting that is on or off. */
export const flag = (key: string) =>
  same<unknown, Source3>(key, (value) => value === true);
/** A number, 0 where it is none. */
export const number = (value: unknown) =>
  typeof value === "number" && Number.isFinite(value) ? value : 0;
