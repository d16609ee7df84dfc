/**
 * Members and their history as people and as programs read them. Pure.
 */
import { momentText } from "../../base/moments.ts";
import type { Entry } from "../../state/journal.ts";
import type { Member } from "../../state/member.ts";

/** A member for programs: what is as the list has it is null. */
export function memberJson(member: Member) {
  const { key: _, address, name, delivery, language, moderation } = member;
  return {
    address,
    name,
    delivery,
    language: language || null,
    moderation,
    own_copy: member.ownCopy ?? null,
    duplicates: member.duplicates ?? null,
    acknowledge: member.acknowledge ?? null,
    away: isoOf(member.away),
    suspended: isoOf(member.suspended),
    suspended_for: member.suspendedFor || null,
    joined: new Date(member.joined).toISOString(),
  };
}

/** One of many, on a line: only what is not as with most. @param now milliseconds since 1970 */
export function memberText(member: Member, now: number): string {
  const { address, name, delivery, moderation, away, suspended } = member;
  return [
    address,
    delivery === "posts" ? "" : delivery,
    moderation === "default" ? "" : moderation,
    away !== undefined && away > now ? `away until ${momentText(away)}` : "",
    suspended === undefined ? "" : "suspended",
    name,
  ]
    .filter((text) => text !== "")
    .join("  ");
}

const AS_LIST = "as the list has it";

/** All of one. @param now milliseconds since 1970 */
export function memberPage(
  member: Member,
  roles: readonly string[],
  suppressed: boolean,
  now: number,
): string {
  const { away, suspended, suspendedFor } = member;
  const said = (choice: boolean | undefined) =>
    choice === undefined ? AS_LIST : choice ? "yes" : "no";
  const reason = suspendedFor ? `, for ${suspendedFor}` : "";
  const rows: readonly (readonly [string, string])[] = [
    ["address", member.address],
    ["name", member.name],
    ["delivery", member.delivery],
    ["moderation", member.moderation],
    ["language", member.language || AS_LIST],
    ["own copy", said(member.ownCopy)],
    ["duplicates", said(member.duplicates)],
    ["acknowledge", said(member.acknowledge)],
    ["away", away === undefined ? "" : until(away, now)],
    [
      "suspended",
      suspended === undefined ? "" : `since ${momentText(suspended)}${reason}`,
    ],
    [
      "suppressed",
      suppressed ? "yes: no list mails it; see listmill suppress list" : "",
    ],
    ["roles", roles.join(", ")],
    ["joined", momentText(member.joined)],
  ];
  return rows
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name.padEnd(12)}${value}`)
    .join("\n");
}

function until(away: number, now: number): string {
  return `until ${momentText(away)}${away <= now ? ", which is over" : ""}`;
}

export function entryJson(entry: Entry) {
  const { id, at, what, address, by, who, messageId, detail } = entry;
  return {
    id,
    at: new Date(at).toISOString(),
    what,
    address: address || null,
    by,
    who,
    message_id: messageId ?? null,
    detail,
  };
}

export function entryText(entry: Entry): string {
  const { at, what, address, by, who, messageId, detail } = entry;
  const from = [`by ${by}`, who, messageId].filter(Boolean).join(" ");
  return [new Date(at).toISOString(), what, address, from, detail]
    .filter((text) => text !== "")
    .join("  ");
}

function isoOf(moment: number | undefined): string | null {
  return moment === undefined ? null : new Date(moment).toISOString();
}
