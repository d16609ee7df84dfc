/** ezmlm-idx: who may post, by -m, -o, -u and -y as its editor file asks for them. Pure. */
import type { Posting } from "../posting.ts";
import type { Folder } from "./folder.ts";

export function postingOf(folder: Folder): Posting {
  const moderated = folder.on("m", "modpost");
  const subscribers = folder.on("u", "subpostonly");
  if (moderated && folder.on("o", "modpostonly"))
    return { members: "reject", others: "reject" };
  if (moderated && !subscribers) return { members: "hold", others: "hold" };
  if (moderated) return { members: "accept", others: "hold" };
  return { members: "accept", others: subscribers ? "reject" : "accept" };
}
