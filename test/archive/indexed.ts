import type { Indexing } from "../../src/state/postIndex.ts";

/** A post for an index, with what matters. */
export function indexed(
  number: number,
  given: Partial<Indexing> = {},
): Indexing {
  return {
    number,
    id: `${number}@example.org`,
    hash: "",
    references: [],
    subject: "",
    base: (given.subject ?? "").toLowerCase(),
    isAnswer: false,
    author: "",
    name: "",
    date: number * 1000,
    bytes: 1,
    sum: "",
    attachments: [],
    text: "",
    ...given,
  };
}
