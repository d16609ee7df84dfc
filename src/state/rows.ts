/** The rows of the tables of a state (migrations.ts), as both databases give them. Pure. */
import type { Generated } from "./store.ts";

export interface MemberRow {
  list: string;
  key: string;
  address: string;
  name: string;
  delivery: string;
  /** The number of the journal from which on it is that; 0: from the beginning. */
  delivery_since: number;
  /** Those before it (spells.ts). */
  deliveries: string;
  own_copy: number | null;
  joined: number;
  /** 0: not. */
  away: number;
  /** 0: not. */
  suspended: number;
  suspended_for: string;
  duplicates: number | null;
  acknowledge: number | null;
  language: string;
  moderation: string;
}

export interface RoleRow {
  list: string;
  key: string;
  role: string;
  address: string;
  since: number;
}

export interface JournalRow {
  id: number;
  list: string;
  /** Of the key. */
  hash: number;
  key: string;
  address: string;
  at: number;
  what: string;
  by: string;
  who: string;
  message_id: string;
  detail: string;
}

export interface OutboxRow {
  event_id: string;
  list: string;
  at: number;
  event: string;
  by: string;
  who: string;
  cause: string;
  message_id: string;
  /** JSON. */
  detail: string;
  /** JSON; "": none. */
  guard: string;
}

export interface WindowRow {
  kind: string;
  key: string;
  event: string;
  at: number;
  /** Until when it is in a window. */
  kept: number;
}

export interface SuppressedRow {
  list: string;
  key: string;
  address: string;
  reason: string;
  since: number;
}

export interface SizeRow {
  list: string;
  size: number;
  since: number;
}

export interface NumberRow {
  number: Generated<number>;
  hash: number;
  address: string;
}

export interface BounceRow {
  id: Generated<number>;
  list: string;
  /** Of the key. */
  hash: number;
  /** "": it is about nobody. */
  key: string;
  address: string;
  at: number;
  /** Days since 1970, UTC. */
  day: number;
  post: string;
  kind: string;
  trust: string;
  reason: string;
  status: string;
  detail: string;
  source: string;
  report: string;
}

export interface BounceDayRow {
  list: string;
  scope: string;
  day: number;
  n: number;
  /** 0: not. */
  halted: number;
}

export interface ProbeRow {
  list: string;
  key: string;
  address: string;
  reason: string;
  since: number;
  sent: number;
  last: number;
  failed: number;
  back: number;
  ended: string;
  source: string;
}

export interface Tables {
  bounces: BounceRow;
  bounce_days: BounceDayRow;
  probes: ProbeRow;
  members: MemberRow;
  suppressed: SuppressedRow;
  sizes: SizeRow;
  numbers: NumberRow;
  roles: RoleRow;
  journal: JournalRow;
  outbox: OutboxRow;
  windows: WindowRow;
}
