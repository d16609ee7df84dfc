/** The ids that a message names: its own and those that it answers (RFC 5322 §3.6.4). Pure. */
import type { Header } from "./header.ts";
import { idIn } from "./messageidhash.ts";

/** Ids that are remembered of a post: the thread's first ones and those right above it. */
const MOST = 100;
const ID = /<\s*([^<>\s]{1,250})\s*>/g;

export interface References {
  /** Without its angle brackets; undefined where it has none, or none that can be told. */
  readonly id: string | undefined;
  /** From the thread's root to the one that it answers; its own is not among them, each is there once. */
  readonly references: readonly string[];
}

/**
 * In-Reply-To may hold anything: only its first id counts, and only where there are no References.
 */
export function referencesOf(header: Pick<Header, "get">): References {
  const id = idIn(header.get("Message-ID"));
  const named = idsOf(header.get("References"));
  const [answered] = idsOf(header.get("In-Reply-To"));
  if (answered !== undefined && named.length === 0) named.push(answered);
  const others = [...new Set(named)].filter((other) => other !== id);
  return {
    id: id && id.length <= 250 ? id : undefined,
    references: fewer(others),
  };
}

function idsOf(field: string | undefined): string[] {
  return [...(field ?? "").matchAll(ID)].map(([, id = ""]) => id);
}

function fewer(ids: string[]): string[] {
  return ids.length <= MOST
    ? ids
    : [...ids.slice(0, MOST / 2), ...ids.slice(-MOST / 2)];
}
