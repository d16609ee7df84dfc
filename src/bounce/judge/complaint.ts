/**
 * A reader has called a post unwanted, and the reader's provider says so (RFC 5965). Whom a return path
 * or a link of ours names is removed, for nobody else can have made it; whom only the report names is
 * not, and the owners decide.
 */
import { DAY } from "../../base/units.ts";
import { rosterOf } from "../../lists/roster.ts";
import { stateOf } from "../../lists/state.ts";
import { canonical, keyOf } from "../../mail/address.ts";
import type { Bounce } from "../../state/bounces.ts";
import type { Report } from "../read.ts";
import { setAlarm } from "./daily.ts";
import { keep } from "./keep.ts";
import type { Occasion } from "./occasion.ts";
import { actor } from "./silence.ts";
import { tellOfComplaint } from "./tell.ts";
import type { Signed } from "./whom.ts";

/** Complaints by nobody in particular that owners are told of in a day. */
const MOST = 10;

export async function complain(
  occasion: Occasion,
  { feedback, recipients, returned }: Extract<Report, { kind: "complaint" }>,
  signed: Signed | undefined,
): Promise<void> {
  const { site, list, id, now, log } = occasion;
  // Others, such as auth-failure and not-spam, ask for nothing to be done.
  if (
    !/^(abuse|fraud|opt-out|unsubscribe|other|complaint|opt-out-list|miscategorized|virus)$/.test(
      feedback,
    )
  )
    return log(`a report of the kind ${feedback}: nothing is to be done`);
  const roster = rosterOf(site.home);
  const named = signed ? [signed.address] : recipients.slice(0, MOST);
  const members = await roster.among(
    list.address,
    named.flatMap((one) => canonical(one) ?? []),
  );
  const [member] = members;
  const address = member?.address ?? signed?.address;
  if (!address) return log("a complaint of nobody who is a member");
  const kept = await keep(occasion, returned);
  const trust = signed ? "signed" : "unsigned";
  const { bounces, windows } = await stateOf(site.home);
  const row: Bounce = {
    ...{ ...kept, key: keyOf(address), address, status: "" },
    ...{ kind: "complaint", trust, reason: feedback, detail: "" },
  };
  await bounces.note(keyOf(list.address), [row], () => []);
  await setAlarm(occasion);
  log(`${address} has complained (${feedback}), ${trust}`);
  if (signed) await roster.remove(list.address, address, actor);
  else {
    const name = keyOf(list.address);
    if ((await windows.note("complaint", name, id, now, DAY)) >= MOST) return;
  }
  tellOfComplaint(occasion, address, returned.subject ?? "", !!signed);
}
