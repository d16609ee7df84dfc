/**
 * What the keywords of a list of Majordomo are asked about, and who may post to it. Pure.
 */
import type { Counterparts } from "../counterparts.ts";
import type { Posting } from "../posting.ts";

/** What the table is asked about. */
export interface Source {
  readonly values: ReadonlyMap<string, string>;
  readonly address: string;
  /** The list's local part. */
  readonly name: string;
}

export type Table = Counterparts<string, Source>;
export type Keyword = Table[string];

export const isYes = (value: string | undefined) =>
  /^y(es)?$/i.test(value ?? "");

export function postingOf({ values }: Pick<Source, "values">): Posting {
  if (isYes(values.get("moderate"))) return { members: "hold", others: "hold" };
  // Who may not post is sent to the moderator.
  return {
    members: "accept",
    others: values.has("restrict_post") ? "hold" : "accept",
  };
}
