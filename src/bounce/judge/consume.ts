/**
 * What becomes of a message to LIST-bounces@ or LIST-probe@: it is read, what it says is noted, and who
 * has had too much come back is judged. Done again after a crash it comes to the same.
 */
import { failpoint } from "../../base/failpoint.ts";
import type { List } from "../../lists/directory.ts";
import { extended } from "../../lists/marks.ts";
import { hasSource } from "../../lists/refine/shrink.ts";
import { rosterOf } from "../../lists/roster.ts";
import { stateOf } from "../../lists/state.ts";
import { keyOf } from "../../mail/address.ts";
import type { Bounce, Trust } from "../../state/bounce.ts";
import { type Failure, type Returned, readReport } from "../read.ts";
import { alarmIn } from "./alarm.ts";
import { complain } from "./complaint.ts";
import { look, setAlarm } from "./daily.ts";
import { failureOf, rowOf, trustOf } from "./entry.ts";
import { judge } from "./judge.ts";
import { commonOf, keep, keepOther } from "./keep.ts";
import type { Asked, Occasion } from "./occasion.ts";
import { scopesFor } from "./outage.ts";
import { tellOfPost } from "./tell.ts";
import { fail, isAbout } from "./trial.ts";
import {
  type Finding,
  namedIn,
  type Signed,
  signedBy,
  signedByTrial,
} from "./whom.ts";

/** @param find the list of an address */
export async function consume(asked: Asked, find: Finding): Promise<void> {
  const { list, ours, envelope, log, message } = asked;
  const day = ours ? alarmIn(envelope.extension ?? "") : undefined;
  if (list && day !== undefined) return look({ ...asked, list }, day);
  const report = await readReport(message);
  if (!("returned" in report)) return log(`no bounce: ${report.why}`);
  const { returned } = report;
  // A report of ours tells of the post as it came: what a stranger wrote there is not looked at.
  const others = ours ? [] : returned.addresses;
  const path = await signedBy(asked, [envelope.recipient, ...others], find);
  const at = path?.list ?? list;
  const occasion = at && inThe(at, asked);
  const signed =
    path ?? (occasion && (await signedByTrial(occasion, returned.messageId)));
  if (report.kind === "complaint")
    return occasion
      ? complain(occasion, report, signed)
      : log("a complaint about no list of ours");
  if (!occasion || report.kind === "unrecognised")
    return other(asked, occasion, returned);
  const found = await failuresOf(occasion, report.failures, signed);
  if (found === "old")
    return log(`${signed?.address}: came back too late to be noted`);
  if (found.length === 0)
    return report.failures.length === 0
      ? other(asked, occasion, returned)
      : log(`about no member: ${named(report.failures)}`);
  const common = await commonOf(asked, returned);
  const rows = found.map(({ address, failure, trust }) =>
    rowOf(address, failure, trust, common),
  );
  if (signed ? signed.isProbe : isProbe(envelope.extension))
    return failTrials(occasion, rows, signed);
  const noted = await note(occasion, rows);
  await judge(occasion, noted);
  await tellOfPost(occasion, noted, returned.subject ?? "");
}

/** The list that it turns out to be about may be another one than it came to, or it came to none. */
function inThe(list: List, asked: Asked): Occasion {
  const sender = extended(asked.site, list, "bounces");
  return { ...asked, list, emit: (one) => asked.emit({ sender, ...one }) };
}

/** Who has failed, and why that is believed. */
interface Found {
  readonly address: string;
  readonly failure: Failure;
  readonly trust: Trust;
}

/** @returns "old" where the return path is too old for anything */
async function failuresOf(
  { site, list, ours, envelope, now }: Occasion,
  failures: readonly Failure[],
  signed: Signed | undefined,
): Promise<readonly Found[] | "old"> {
  if (signed) {
    const { address } = signed;
    const failure = failureOf(address, failures);
    const { judged, recorded } = site.bounces;
    const ages = { judged, recorded, tried: site.retry.give_up };
    const trust = trustOf(signed, failure, now, ages);
    return trust ? [{ address, failure, trust }] : "old";
  }
  // Letters of the list to others come back here as well.
  if (ours && hasSource(list.settings))
    return failures.map((failure) => {
      const { recipient } = failure;
      return { address: recipient, failure, trust: "ours" as const };
    });
  const trust = ours ? ("ours" as const) : ("unsigned" as const);
  // Anybody can have written it: it is about members, or about nobody.
  const path = namedIn(envelope.extension ?? "");
  const about = path
    ? [{ ...failureOf(path, failures), recipient: path }]
    : failures;
  const named = about.flatMap(({ recipient, final }) =>
    final === undefined ? [recipient] : [recipient, final],
  );
  const members = await rosterOf(site.home).among(list.address, named);
  const known = new Map(members.map(({ key, address }) => [key, address]));
  return about.flatMap((failure) => {
    const { recipient, final = recipient } = failure;
    const address = known.get(keyOf(recipient)) ?? known.get(keyOf(final));
    return address ? [{ address, failure, trust }] : [];
  });
}

/** @returns the rows of this report that are noted, also by an earlier try */
async function note(
  occasion: Occasion,
  rows: readonly Bounce[],
): Promise<readonly Bounce[]> {
  const { site, list, now, log } = occasion;
  const { bounces } = await stateOf(site.home);
  const since = now - site.bounces.keep;
  const scopes = scopesFor(list.settings.bounces);
  const name = keyOf(list.address);
  const { noted } = await bounces.note(name, rows, scopes, since);
  failpoint("bounce-noted");
  for (const { address, kind, trust, reason } of noted.slice(0, NAMED))
    log(`${address}: ${kind} (${reason}), ${trust}`);
  if (noted.length > NAMED) log(`… and ${noted.length - NAMED} more`);
  if (noted.length < rows.length)
    log(`${rows.length - noted.length} known already`);
  const [first] = noted;
  if (first) {
    await keep(occasion, first.report);
    failpoint("bounce-kept");
    await setAlarm(occasion);
  }
  return noted;
}

const NAMED = 20;

/** Trials have come back, as far as the report is about those that were sent last. */
async function failTrials(
  occasion: Occasion,
  rows: readonly Bounce[],
  signed: Signed | undefined,
): Promise<void> {
  const { site, list, log } = occasion;
  const { probes } = await stateOf(site.home);
  const name = keyOf(list.address);
  const failed: Bounce[] = [];
  for (const row of rows) {
    // What is not signed may name thousands, and is about no trial.
    const probe = signed && (await probes.get(name, row.key));
    if (!probe || !isAbout(probe, signed)) {
      log(`${row.address}: not about the trial that was sent last`);
      continue;
    }
    failed.push({ ...row, kind: "probe" });
    // What is refused for what it is has reached somebody.
    if (row.kind === "message") continue;
    if (await fail(occasion, probe))
      log(`${row.address}: the trial came back (${row.reason})`);
  }
  if (failed.length > 0) await note(occasion, failed);
}

/** Nobody understands it: it is kept, and told of in the mail of the day. */
async function other(
  asked: Asked,
  occasion: Occasion | undefined,
  returned: Returned,
): Promise<void> {
  await keepOther(asked, occasion?.list, returned);
  asked.log("not understood; it is kept");
  // A look is a list's: where it is for none, any list's will do.
  const [name] = occasion ? [] : asked.lists.names();
  const list = occasion?.list ?? (name ? asked.lists.get(name) : undefined);
  if (list) await setAlarm(inThe(list, asked));
}

function isProbe(extension = ""): boolean {
  return /^probe\b/i.test(extension);
}

function named(failures: readonly Failure[]): string {
  const some = failures.slice(0, 3).map(({ recipient }) => recipient);
  const more = failures.length - some.length;
  return some.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
