/** An entry of the journal on a line, as CSV (RFC 4180), and read from it. Pure. */
import { momentOf, momentText } from "../base/moments.ts";
import { keyOf } from "../mail/address.ts";
import { type Actor, actors } from "../state/actor.ts";
import type { Entry } from "../state/journal.ts";
import { cellsOf, lineOf } from "./csvLine.ts";

/** The first line. */
export const journalHead = "at,what,address,by,who,message_id,detail";

export function journalLine(entry: Entry): string {
  const { at, what, address, by, who, messageId = "", detail } = entry;
  return lineOf([momentText(at), what, address, by, who, messageId, detail]);
}

/** Undefined where it is no line of an entry. */
export function entryFrom(line: string): Omit<Entry, "id"> | undefined {
  const [when = "", what, address, by, who, id, detail] = cellsOf(line) ?? [];
  const at = momentOf(when);
  const known = actors.find((one): one is Actor["by"] => one === by);
  if (at === undefined || !known || !what || address === undefined)
    return undefined;
  return {
    ...{ at, what, address, key: keyOf(address), by: known },
    ...{ who: who ?? "", detail: detail ?? "" },
    messageId: id === "" ? undefined : id,
  };
}
