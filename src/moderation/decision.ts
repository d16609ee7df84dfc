/**
 * What was decided about what waits, and by whom: the first decision for an entry stays, over all
 * hosts, whatever dies when. A decision is written before anything is done, so whoever comes later
 * for the same entry finds it, and does what was left undone.
 */
import { linkSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DAY } from "../base/units.ts";
import type { Wish } from "../lists/joining.ts";
import { draftPath, ticket } from "../lists/ticket.ts";
import { makeFolder, writeNew } from "../spool/durable.ts";
import { listFolder } from "../spool/spool.ts";
import { sweepDaily } from "./asked.ts";

/** What can be decided. `free`: accept, and every further post of this author. */
export const verdicts = [
  "approve",
  "reject",
  "discard",
  "free",
  "expire",
] as const;
export type Verdict = (typeof verdicts)[number];

/** Who decides where a post waits for its author. */
export const AUTHOR = "the author";

export interface Decision {
  readonly verdict: Verdict;
  /** Who has decided: an address, or an account of the command line. */
  readonly by: string;
  /** What the author is told; "" for nothing. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What tells this decision from another one: the entry of the answer. */
  readonly id: string;
  readonly author: string;
  readonly subject: string;
  /** Envelope sender of what waited. */
  readonly sender: string;
  /** Why the mail is no person's; "" where it is. */
  readonly robot?: string;
  /** What the author wanted; a post without it. */
  readonly wish?: Wish["command"];
  /** The id of what waited; events need it. */
  readonly entry?: string;
  /** Its Message-ID. */
  readonly messageId?: string;
  /** `command`: whoever carries it out sees to it that people are told. */
  readonly how?: "mail" | "command";
}

/** The folder of a list's decisions. */
export function decisionsOf(home: string, list: string): string {
  return join(home, "archive", list, "moderation");
}

/**
 * Decides, unless it has been.
 * @param entry the id of what waits, as its stay has it
 * @returns the decision that stands: this one, or an earlier one
 */
export async function decided(
  folder: string,
  entry: string,
  decision: Decision,
): Promise<Decision> {
  await makeFolder(folder);
  const draft = draftPath(folder, entry);
  await writeNew(draft, `${JSON.stringify(decision, undefined, 1)}\n`);
  try {
    const { path } = await ticket(folder, entry, decision.verdict, (path) =>
      linkSync(draft, path),
    );
    return JSON.parse(readFileSync(path, "utf8"));
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * What was decided about an entry of which the end of the id is known: this decision, or else the last
 * one. Undefined where nothing was.
 */
export function earlierDecision(
  folder: string,
  tail: string,
  id: string,
): Decision | undefined {
  const found: Decision[] = [];
  for (const stay of listFolder(folder))
    if (!stay.startsWith(".") && stay.endsWith(tail)) {
      const decision = decisionOf(folder, stay);
      if (decision) found.push(decision);
    }
  found.sort((a, b) => a.at - b.at);
  return found.find((one) => one.id === id) ?? found.at(-1);
}

/** How long a decision is remembered, milliseconds: a late answer of a moderator is told who was first. */
export const REMEMBERED = 60 * DAY;

/** Forgets old decisions, once a day. */
export function sweepDecisions(
  folder: string,
  about: { readonly now: number; readonly id: string },
): Promise<void> {
  return sweepDaily(folder, REMEMBERED, about);
}

/** The decision of a stay; undefined where there is none. */
export function decisionOf(folder: string, stay: string): Decision | undefined {
  const [label] = listFolder(join(folder, stay));
  if (label === undefined) return undefined;
  return JSON.parse(readFileSync(join(folder, stay, label), "utf8"));
}
