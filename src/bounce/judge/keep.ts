/**
 * A report is noted, and then kept under the id of the entry that brought it: what was noted and not kept
 * before a crash is kept when the entry is taken up again.
 */
import { bytes } from "../../base/pieces.ts";
import type { List } from "../../lists/directory.ts";
import { stateOf } from "../../lists/state.ts";
import { keyOf } from "../../mail/address.ts";
import type { Bounce } from "../../state/bounce.ts";
import type { Returned } from "../read.ts";
import { type Common, postOf } from "./entry.ts";
import type { Asked } from "./occasion.ts";
import { keepReport, reportName, reportsOf } from "./reports.ts";

/** Bytes of a report that tell it from others. */
const TELLING = 64 * 1024;

/** What the rows of a report have in common. */
export async function commonOf(
  { message, envelope, id, now }: Asked,
  returned: Returned,
): Promise<Common> {
  const post = postOf(returned, await bytes(message.pieces(), TELLING));
  const report = reportName(id, envelope.received);
  return { at: now, post, source: id, report };
}

/** @param report its name */
export function keep(
  { site, list, message }: Pick<Asked, "site" | "list" | "message">,
  report: string,
): Promise<void> {
  const folder = reportsOf(site.home, list?.address);
  return keepReport(folder, report, message.pieces());
}

/** What is about nobody that is known. */
export async function keepOther(
  asked: Asked,
  list: List | undefined,
  returned: Returned,
): Promise<void> {
  const { site, message, now } = asked;
  const { bounces } = await stateOf(site.home);
  const subject = message.header.text("Subject").slice(0, 200);
  const row: Bounce = {
    ...(await commonOf(asked, returned)),
    ...{ key: "", address: "", reason: "", status: "" },
    ...{ kind: "other", trust: "unsigned", detail: subject.toWellFormed() },
  };
  const name = list ? keyOf(list.address) : "";
  const since = now - site.bounces.keep;
  const { noted } = await bounces.note(name, [row], () => [], since);
  for (const { report } of noted) await keep({ site, list, message }, report);
}
