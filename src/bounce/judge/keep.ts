/**
 * A report is kept before anything is noted of it, under the id of the entry that brought it.
 */

import { bytes } from "../../base/pieces.ts";
import type { List } from "../../lists/directory.ts";
import { stateOf } from "../../lists/state.ts";
import { keyOf } from "../../mail/address.ts";
import type { Bounce } from "../../state/bounces.ts";
import type { Returned } from "../read.ts";
import { type Common, postOf } from "./entry.ts";
import type { Asked } from "./occasion.ts";
import { keepReport, reportsOf } from "./reports.ts";

/** What rows of a report that is kept have in common. */
export type Kept = Common;

/** Bytes of a report that tell it from others. */
const TELLING = 64 * 1024;

export async function keep(
  { site, list, message, id, now }: Asked,
  returned: Returned,
): Promise<Kept> {
  const folder = reportsOf(site.home, list?.address);
  const content = message.pieces();
  const report = await keepReport(folder, id, content, now);
  const post = postOf(returned, await bytes(content, TELLING));
  return { at: now, post, source: id, report };
}

/** What is about nobody that is known. */
export async function keepOther(
  asked: Asked,
  list: List | undefined,
  returned: Returned,
): Promise<void> {
  const kept = await keep({ ...asked, list }, returned);
  const { bounces } = await stateOf(asked.site.home);
  const nothing = { key: "", address: "", reason: "", status: "" };
  const detail = asked.message.header.text("Subject").slice(0, 200);
  const row: Bounce = {
    ...{ ...nothing, ...kept, detail: detail.toWellFormed() },
    ...{ kind: "other", trust: "unsigned" },
  };
  await bounces.note(list ? keyOf(list.address) : "", [row], () => []);
}
