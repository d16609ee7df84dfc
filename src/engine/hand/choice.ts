/**
 * Which of the recipients that wait a person means, and how many of an entry's they are. The entry is
 * read where it lies and left alone; memory is flat.
 */
import { breath } from "../../base/breath.ts";
import type { Portion } from "../../spool/recipients.ts";
import { waitingOf } from "../ledger.ts";

export interface Choice {
  /** Whether an address is meant. */
  has(address: string): boolean;
  /** Only in entries of this list. */
  readonly list?: string;
  /** So many of them, in words. */
  words(recipients: number): string;
}

/** Recipients of an entry that wait. */
export interface Weight {
  readonly meant: number;
  readonly others: number;
}

/**
 * Counts them. Throws ENOENT where the entry has no list, or is not there any more.
 * @param entry its folder
 * @param tell told of recipients as they are looked at
 */
export async function weigh(
  entry: string,
  portion: Portion | undefined,
  choice: Choice,
  tell: (recipients: number) => void,
): Promise<Weight> {
  let meant = 0;
  let others = 0;
  for (const page of waitingOf(entry, portion)) {
    for (const { address } of page)
      if (choice.has(address)) meant += 1;
      else others += 1;
    tell(page.length);
    await breath();
  }
  return { meant, others };
}
