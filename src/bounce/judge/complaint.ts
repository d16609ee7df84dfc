/**
 * A reader has called a post unwanted, and the reader's provider says so (RFC 5965). Whom a return path
 * or a link of ours names is removed, for nobody else can have made it; whom only the report names is
 * not, and the owners decide.
 */
import { DAY } from "../../base/units.ts";
import { hasSource } from "../../lists/refine/shrink.ts";
import { rosterOf } from "../../lists/roster.ts";
import { stateOf } from "../../lists/state.ts";
import { canonical, keyOf } from "../../mail/address.ts";
import type { Bounce } from "../../state/bounce.ts";
import type { Report } from "../read.ts";
import { setAlarm } from "./daily.ts";
import { causeOf, emitJudged } from "./event.ts";
import { isLogOnly } from "./judge.ts";
import { commonOf, keep } from "./keep.ts";
import type { Occasion } from "./occasion.ts";
import { forbid, remove, standingOf } from "./silence.ts";
import { tellOfComplaint } from "./tell.ts";
import type { Signed } from "./whom.ts";

/** Complaints by nobody in particular that owners are told of in a day. */
const MOST = 10;

/** Feedback (RFC 5965, 7.3 and others) that asks for something; auth-failure and not-spam do not. */
const asking = new Set(
  "abuse fraud opt-out opt-out-list unsubscribe other complaint miscategorized virus".split(
    " ",
  ),
);

export async function complain(
  occasion: Occasion,
  { feedback, recipients, returned }: Extract<Report, { kind: "complaint" }>,
  signed: Signed | undefined,
): Promise<void> {
  const { site, list, id, now, log } = occasion;
  if (!asking.has(feedback))
    return log(`a report of the kind ${feedback}: nothing is to be done`);
  if (signed && now - signed.time > site.bounces.recorded)
    return log(`${signed.address}: complained too late to be noted`);
  const address = await complainerOf(occasion, signed, recipients);
  if (address === undefined)
    return log("a complaint of nobody who reads the list");
  const trust = signed ? "signed" : "unsigned";
  const row: Bounce = {
    ...(await commonOf(occasion, returned)),
    ...{ key: keyOf(address), address, status: "" },
    ...{ kind: "complaint", trust, reason: feedback, detail: "" },
  };
  const { bounces, windows } = await stateOf(site.home);
  const name = keyOf(list.address);
  const since = now - site.bounces.keep;
  const { noted, fresh } = await bounces.note(name, [row], () => [], since);
  if (noted.length === 0) return log(`${address}: the same complaint again`);
  await keep(occasion, row.report);
  await setAlarm(occasion);
  log(`${address} has complained (${feedback}), ${trust}`);
  const subject = returned.subject ?? "";
  if (signed && !(await isLogOnly(occasion))) {
    const done = await leave(occasion, address, fresh === 0);
    if (done) {
      emitJudged(occasion, address, "removed", "has complained");
      tellOfComplaint(occasion, address, subject, true);
    }
    return;
  }
  const others = await windows.note("complaint", name, id, now, DAY);
  if (others < MOST) tellOfComplaint(occasion, address, subject, false);
}

/** Who complains: whom we have signed, or a member. */
async function complainerOf(
  { site, list }: Occasion,
  signed: Signed | undefined,
  recipients: readonly string[],
): Promise<string | undefined> {
  const named = signed ? [signed.address] : recipients.slice(0, MOST);
  const [member] = await rosterOf(site.home).among(
    list.address,
    named.flatMap((one) => canonical(one) ?? []),
  );
  return member?.address ?? signed?.address;
}

/**
 * From now on nothing goes there.
 * @param isAgain whether it was begun before, and a crash came
 * @returns whether that is news
 */
async function leave(
  occasion: Occasion,
  address: string,
  isAgain: boolean,
): Promise<boolean> {
  const { site, list, now } = occasion;
  const whom = { home: site.home, list, address, cause: causeOf(occasion) };
  if (await remove(whom)) return true;
  const standing = await standingOf(whom, hasSource(list.settings));
  if (standing !== "open" && standing !== "ours") return isAgain;
  await forbid(whom, now);
  return true;
}
