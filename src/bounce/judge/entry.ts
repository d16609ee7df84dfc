/**
 * What is noted of a report: a row for each recipient that it is about, with what it is believed for.
 * Pure.
 */
import { createHash } from "node:crypto";
import { oneLine } from "../../base/log.ts";
import { HOUR } from "../../base/units.ts";
import { canonical, keyOf } from "../../mail/address.ts";
import type { Bounce, BounceKind, Trust } from "../../state/bounce.ts";
import type { Failure, Returned } from "../read.ts";
import type { Signed } from "./whom.ts";

/** What all rows of a report have in common. */
export interface Common {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly post: string;
  readonly source: string;
  readonly report: string;
}

/** Most characters of a reply that are noted. */
const DETAIL = 500;
/** Most of an address: RFC 5321 §4.5.3.1. */
const ADDRESS = 320;

/** What tells one post from another: its Message-ID, or else the report itself. */
export function postOf({ messageId }: Returned, report: Uint8Array): string {
  const hash = createHash("sha256");
  return messageId
    ? `m${hash.update(messageId).digest("hex").slice(0, 24)}`
    : `r${hash.update(report).digest("hex").slice(0, 24)}`;
}

/**
 * The failure that a return path of ours is about: the one of its address; where the mail was
 * forwarded, the only one; where the report names nobody, one about which nothing is said.
 */
export function failureOf(
  address: string,
  failures: readonly Failure[],
): Failure {
  const key = keyOf(address);
  const own = failures.find(({ recipient, final }) =>
    [recipient, final ?? ""].some((one) => keyOf(one) === key),
  );
  if (own) return own;
  const [first] = failures;
  return worst(failures) ?? first ?? silent(address);
}

/** Of several that are all meant for one who had his mail forwarded: what is said for good counts. */
function worst(failures: readonly Failure[]): Failure | undefined {
  return failures.find(
    ({ duration, about }) => duration === "permanent" && about === "recipient",
  );
}

/** Somebody has failed, and nothing is said of it: that may mean little. */
function silent(recipient: string): Failure {
  const duration = "temporary";
  return { recipient, duration, about: "recipient", reason: "other", text: "" };
}

/** A full mailbox may be emptied, whatever its server calls it. */
export function kindOf({ about, duration, reason }: Failure): BounceKind {
  if (about === "message") return "message";
  return duration === "permanent" && reason !== "mailbox-full"
    ? "hard"
    : "soft";
}

export function rowOf(
  address: string,
  failure: Failure,
  trust: Trust,
  common: Common,
): Bounce {
  const whom = oneLine(canonical(address) ?? address, ADDRESS);
  return {
    ...common,
    key: keyOf(whom),
    address: whom,
    kind: kindOf(failure),
    trust,
    reason: failure.reason,
    status: failure.status ?? "",
    detail: oneLine(failure.text, DETAIL),
  };
}

/** Bounds of the age of a return path, milliseconds. */
export interface Ages {
  readonly judged: number;
  readonly recorded: number;
  /** For how long mail systems try. */
  readonly tried: number;
}

/**
 * How far a return path of ours is believed, by its age. A report that mail was tried for days and given
 * up may be older by these.
 * @returns undefined: too old for anything
 */
export function trustOf(
  { time }: Pick<Signed, "time">,
  { duration, reason }: Pick<Failure, "duration" | "reason">,
  now: number,
  { judged, recorded, tried }: Ages,
): Trust | undefined {
  // The time is the beginning of an hour.
  const age = now - time - HOUR;
  const wasTried =
    duration === "temporary" ||
    reason === "expired" ||
    reason === "unreachable";
  if (age > recorded) return undefined;
  return age > judged + (wasTried ? tried : 0) ? "late" : "signed";
}
