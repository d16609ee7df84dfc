/**
 * What is no bounce though it comes where bounces come: see rules/notices.ts. Pure.
 */
import { awaySubject } from "../mail/absence.ts";
import { bears, isOfSystem, type Letter } from "./letter.ts";
import type { Failure, Report } from "./report.ts";
import { arrivals, challenges, delays, vacations } from "./rules/notices.ts";

type Notice = Extract<Report, { readonly why: string }>;

/** Lines that may say it. */
const LINES = 200;

/** A receipt (RFC 8098), or the challenge of a filter, whatever report it has with it. */
export function firstNotice(letter: Letter): Notice | undefined {
  if (
    letter.parts.some(
      ({ type }) => type === "message/disposition-notification",
    ) ||
    /report-type="?disposition-notification/i.test(
      letter.header.get("Content-Type") ?? "",
    )
  )
    return { kind: "receipt", why: "a disposition notification" };
  const said = [
    ...letter.lines.slice(0, LINES),
    ...letter.parts.flatMap(({ type, text }) =>
      type.endsWith("delivery-status") ? text.slice(0, 4000).split("\n") : [],
    ),
  ];
  const joined = unfolded(said);
  return challenges.some((mark) => bears(mark, letter.header, joined))
    ? { kind: "challenge", why: "the challenge of a filter" }
    : undefined;
}

/** Sentences go over the end of a line: each line, and with the one behind it. */
function unfolded(lines: readonly string[]): string[] {
  return lines.map((line, at) =>
    `${line} ${(lines[at + 1] ?? "").trim()}`.replace(/\s+/g, " "),
  );
}

/** An absence notice. A family that is known sends none. */
export function vacationOf(letter: Letter): Notice | undefined {
  const { header, family } = letter;
  const automatic = (header.get("Auto-Submitted") ?? "").trim().toLowerCase();
  const isMarked =
    vacations.some((mark) => bears(mark, header, [])) ||
    awaySubject(header) !== undefined;
  if (isMarked && family === undefined)
    return { kind: "vacation", why: "an absence notice" };
  return automatic.startsWith("auto-replied") &&
    !(letter.isReport && isOfSystem(letter))
    ? { kind: "vacation", why: "Auto-Submitted: auto-replied" }
    : undefined;
}

/** News of a delay or of success, by subject and words; only of what is a report. */
export function progressOf(letter: Letter): Notice | undefined {
  const lines = unfolded(letter.lines.slice(0, LINES));
  if (lines.some((line) => arrivals.test(line)))
    return { kind: "delivered", why: "a report of success" };
  const isDelay =
    delays.subject.test(letter.header.text("Subject").slice(0, 300)) ||
    lines.some((line) => delays.text.test(line));
  return isDelay ? delayOf([]) : undefined;
}

/** @param failures those who are waited for */
export function delayOf(
  failures: readonly Failure[],
): Extract<Report, { readonly kind: "delay" }> {
  const why = "it is still being tried";
  return {
    kind: "delay",
    why,
    failures: failures.map((one) => ({ ...one, duration: "temporary" })),
  };
}
