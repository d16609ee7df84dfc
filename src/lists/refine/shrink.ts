/**
 * Whether a list came out much smaller than the last time, which a broken source may be the cause
 * of; and what its owners are told then. Pure.
 */
import type { Piece } from "../../base/pieces.ts";
import { compose, messageId } from "../../mail/compose.ts";
import type { List } from "../directory.ts";
import type { ListSettings } from "../schema/list.ts";
import { type SourceName, sources } from "../schema/sources.ts";

/** Lists of fewer were smaller by a large share soon. */
const LEAST = 50;

/** Whether a list has other recipients than its members: it is there to be empty by mistake only. */
export function hasSource(settings: ListSettings): boolean {
  return Object.keys(sources).some(
    (name) => settings[name as SourceName] !== undefined,
  );
}

/** @param limit percent that may be gone */
export function isShrunk(
  last: number | undefined,
  now: number,
  limit: number,
): boolean {
  return (
    last !== undefined && last >= LEAST && (last - now) * 100 > last * limit
  );
}

export interface Shrinking {
  readonly list: Pick<List, "address" | "local">;
  /** LIST-owner@. */
  readonly owner: string;
  readonly hostname: string;
  /** Of the post that is held. */
  readonly id: string;
  readonly subject: string;
  /** Undefined where no post has come so far before. */
  readonly last: number | undefined;
  readonly now: number;
  readonly date: Date;
}

function why({ list, last, now }: Shrinking): string {
  return now === 0
    ? `A post to ${list.address} has no recipients at all: its sources gave none.`
    : `A post to ${list.address} has ${now} recipients; the last one had ${last}.
That is less by more than refine.shrink_limit allows, so nobody has got it yet.`;
}

/** The note to the owners. */
export function shrinkNote(shrinking: Shrinking): Piece[] {
  const { list, owner, hostname, id, subject, last, now, date } = shrinking;
  return [
    compose({
      from: owner,
      to: owner,
      subject: `A post to ${list.address} is held: ${now} recipients${last === undefined ? "" : `, last time ${last}`}`,
      date,
      messageId: messageId(`shrunk.${id}`, hostname),
      autoSubmitted: "auto-generated",
      text: `${why(shrinking)}

Its subject: ${subject}

If that is as it should be, let the post go:

  listmill queue release ${id}

From then on ${now} is what the next post is compared with. If not, something is
wrong with a source of recipients. Mend it, and then let the post go by the same
command: its recipients are asked for anew.
`,
    }),
  ];
}
