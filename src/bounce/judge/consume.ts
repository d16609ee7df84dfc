/**
 * What becomes of a message to LIST-bounces@ or LIST-probe@: it is read, what it says is noted, and who
 * has had too much come back is judged. Done again after a crash it comes to the same.
 */
import type { List } from "../../lists/directory.ts";
import { extended } from "../../lists/marks.ts";
import { rosterOf } from "../../lists/roster.ts";
import { stateOf } from "../../lists/state.ts";
import { keyOf } from "../../mail/address.ts";
import type { Bounce, Trust } from "../../state/bounces.ts";
import { type Failure, type Report, readReport } from "../read.ts";
import { complain } from "./complaint.ts";
import { alarmIn, setAlarm, tick } from "./daily.ts";
import { type Common, failureOf, kindOf, rowOf, trustOf } from "./entry.ts";
import { judge } from "./judge.ts";
import { type Kept, keep, keepOther } from "./keep.ts";
import type { Asked, Occasion } from "./occasion.ts";
import { scopesOf } from "./outage.ts";
import { tellOfPost } from "./tell.ts";
import { type Finding, namedIn, type Signed, signedBy } from "./whom.ts";

/** @param find the list of an address */
export async function consume(asked: Asked, find: Finding): Promise<void> {
  const { list, ours, envelope, log, message } = asked;
  const day = ours ? alarmIn(envelope.extension ?? "") : undefined;
  if (list && day !== undefined) return tick({ ...asked, list }, day);
  const report = await readReport(message);
  if (!("returned" in report)) return log(`no bounce: ${report.why}`);
  const addresses = [envelope.recipient, ...report.returned.addresses];
  const signed = await signedBy(asked, addresses, find);
  const at = signed?.list ?? list;
  const occasion = at && inThe(at, asked);
  if (report.kind === "complaint")
    return occasion
      ? complain(occasion, report, signed)
      : log("a complaint about no list of ours");
  if (!occasion || report.kind === "unrecognised")
    return other(asked, occasion, report);
  const trust = signed
    ? trustOf(signed, asked.now, asked.site.bounces)
    : undefined;
  if (signed && !trust)
    return log(`${signed.address}: came back too late to be noted`);
  const found = await failuresOf(occasion, report.failures, signed, trust);
  if (found.length === 0)
    return report.failures.length === 0
      ? other(asked, occasion, report)
      : log(`about no member: ${named(report.failures)}`);
  const kept = await keep(occasion, report.returned);
  if (signed ? signed.isProbe : isProbe(envelope.extension))
    return failProbes(occasion, found, kept);
  await note(occasion, found, kept);
  await tellOfPost(
    occasion,
    found.map((one) => toRow(one, kept)),
    report.returned.subject ?? "",
  );
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

async function failuresOf(
  occasion: Occasion,
  failures: readonly Failure[],
  signed: Signed | undefined,
  trust: Trust | undefined,
): Promise<Found[]> {
  const { site, list, ours, envelope } = occasion;
  if (signed && trust) {
    const { address } = signed;
    const failure = failureOf(address, failures);
    return [{ address, failure, trust }];
  }
  if (ours)
    return failures.map((failure) => {
      const { recipient } = failure;
      return { address: recipient, failure, trust: "ours" as const };
    });
  const path = namedIn(envelope.extension ?? "");
  if (path !== undefined)
    return failuresOf(
      { ...occasion, envelope: { ...envelope, extension: "bounces" } },
      [{ ...failureOf(path, failures), recipient: path }],
      signed,
      trust,
    );
  // Anybody can have written it: it is about members, or about nobody.
  const named = failures.flatMap(({ recipient, final }) =>
    final === undefined ? [recipient] : [recipient, final],
  );
  const members = await rosterOf(site.home).among(list.address, named);
  const known = new Map(members.map(({ key, address }) => [key, address]));
  return failures.flatMap((failure) => {
    const { recipient, final = recipient } = failure;
    const address = known.get(keyOf(recipient)) ?? known.get(keyOf(final));
    return address ? [{ address, failure, trust: "unsigned" as const }] : [];
  });
}

function toRow({ address, failure, trust }: Found, common: Common): Bounce {
  return rowOf(address, failure, trust, common);
}

async function note(
  occasion: Occasion,
  found: readonly Found[],
  kept: Kept,
): Promise<void> {
  const { site, list, log } = occasion;
  const rows = found.map((one) => toRow(one, kept));
  const { bounces } = await stateOf(site.home);
  const fresh = await bounces.note(keyOf(list.address), rows, scopesOf);
  for (const { address, kind, trust, reason } of fresh.slice(0, NAMED))
    log(`${address}: ${kind} (${reason}), ${trust}`);
  if (fresh.length > NAMED) log(`… and ${fresh.length - NAMED} more`);
  if (fresh.length < rows.length)
    log(`${rows.length - fresh.length} known already`);
  await setAlarm(occasion);
  await judge(occasion, rows);
}

const NAMED = 20;

/** A trial has come back. */
async function failProbes(
  occasion: Occasion,
  found: readonly Found[],
  kept: Kept,
): Promise<void> {
  const { site, list, log } = occasion;
  const { bounces, probes } = await stateOf(site.home);
  const name = keyOf(list.address);
  for (const one of found) {
    const row = { ...toRow(one, kept), kind: "probe" as const };
    await bounces.note(name, [row], () => []);
    if (kindOf(one.failure) === "message") continue;
    if (await probes.fail(name, row.key))
      log(`${row.address}: the trial came back (${row.reason})`);
  }
  await setAlarm(occasion);
}

/** Nobody understands it: it is kept, and told of in the mail of the day. */
async function other(
  asked: Asked,
  occasion: Occasion | undefined,
  report: Extract<Report, { returned: unknown }>,
): Promise<void> {
  await keepOther(asked, occasion?.list, report.returned);
  asked.log("not understood; it is kept");
  if (occasion) await setAlarm(occasion);
}

function isProbe(extension = ""): boolean {
  return /^probe\b/i.test(extension);
}

function named(failures: readonly Failure[]): string {
  const some = failures.slice(0, 3).map(({ recipient }) => recipient);
  const more = failures.length - some.length;
  return some.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
