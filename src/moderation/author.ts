/**
 * A post in somebody's name waits until the author says that it is his.
 */
import { join } from "node:path";
import type { List } from "../lists/directory.ts";
import type { Site } from "../lists/settings.ts";
import { Spool } from "../spool/spool.ts";
import { decide } from "./decide.ts";

/** @param tail of the id of the post that waits */
export async function authorDecides(
  asked: {
    readonly site: Site;
    readonly list: List;
    readonly id: string;
    readonly now: number;
    log(text: string): void;
  },
  tail: string,
  verdict: "approve" | "discard",
): Promise<string> {
  const { site, list, now, id } = asked;
  const spool = new Spool(join(site.home, "spool"));
  const deciding = { site, list, spool, now, id, by: "the author", reason: "" };
  const outcome = await decide(deciding, tail, verdict);
  asked.log(`${verdict} of ${tail} by its author: ${outcome.kind}`);
  return "";
}
