/**
 * Who of an entry's recipients is meant, and the entry again for some of a list that is still to be
 * cut: as a file that is read and written in a stream. Writes into the entry's `work/` folder only.
 */
import { join } from "node:path";
import { breath } from "../../base/breath.ts";
import { type Claim, workOf } from "../../spool/claim.ts";
import type { Child } from "../../spool/commit.ts";
import { writeNew } from "../../spool/durable.ts";
import type { Envelope } from "../../spool/envelope.ts";
import { type Name, sized } from "../../spool/name.ts";
import { pagesOfRecipients } from "../../spool/recipients.ts";
import { givenLinks } from "../aftermath.ts";
import { type Standing, standings } from "../ledger.ts";
import { isFinal } from "../notes.ts";
import type { Long } from "../split.ts";
import type { Choice } from "./choice.ts";

/** A recipient and its place in the list, counted from 1. */
export type Placed = Standing & { readonly place: number };

/** The recipients of an entry that are not done with. */
export interface Sides {
  readonly meant: readonly Placed[];
  readonly others: readonly Placed[];
  /** Failures that nobody was told of yet. */
  readonly unreported: readonly Placed[];
}

export function sidesOf(
  { path }: Claim,
  { portion }: Envelope,
  choice: Choice,
): Sides {
  const all = standings(path, portion);
  const done = new Set(all.filter(isDone).map(({ address }) => address));
  const placed = all.map((standing, at) => ({ ...standing, place: at + 1 }));
  // An address that stands there twice is served once.
  const open = placed.filter(({ address }) => !done.has(address));
  return {
    meant: open.filter(({ address }) => choice.has(address)),
    others: open.filter(({ address }) => !choice.has(address)),
    unreported: placed.filter(({ kind }) => kind === "never"),
  };
}

function isDone({ kind }: Standing): boolean {
  return kind !== undefined && isFinal({ kind });
}

/**
 * The entry for some of its recipients.
 * @param wanted whether an address is among them
 * @returns how many they are, and how many are left out, too
 */
export async function siftedPart(
  claim: Claim,
  envelope: Long,
  name: Name,
  wanted: (address: string) => boolean,
): Promise<{ part: Child; count: number; others: number }> {
  const file = join(workOf(claim), name.id);
  let count = 0;
  let others = 0;
  let end = 0;
  async function* sifted(): AsyncGenerator<Buffer> {
    for (const page of pagesOfRecipients(claim.path, envelope.portion)) {
      const lines = page.filter(wanted).map((address) => `${address}\n`);
      const data = Buffer.from(lines.join(""));
      count += lines.length;
      others += page.length - lines.length;
      end += data.length;
      yield data;
      // The lease is renewed meanwhile.
      await breath();
    }
  }
  await writeNew(file, sifted());
  const part = {
    queue: claim.queue,
    name: sized(name, count),
    envelope: { ...envelope, portion: { start: 0, end, count } },
    message: join(claim.path, "message"),
    links: { ...givenLinks(claim.path, envelope), recipients: file },
  };
  return { part, count, others };
}
