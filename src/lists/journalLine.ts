/** An entry of the journal on a line, as CSV (RFC 4180). Pure. */
import { momentText } from "../base/moments.ts";
import type { Entry } from "../state/journal.ts";
import { lineOf } from "./csvLine.ts";

/** The first line. */
export const journalHead = "at,what,address,by,who,message_id,detail";

export function journalLine(entry: Entry): string {
  const { at, what, address, by, who, messageId = "", detail } = entry;
  return lineOf([momentText(at), what, address, by, who, messageId, detail]);
}
