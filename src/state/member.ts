/** What is known of a member of a list. Pure. */

/** How a member gets posts. */
export const deliveries = [
  "posts",
  "digest-mime",
  "digest-plain",
  "nomail",
] as const;

export type Delivery = (typeof deliveries)[number];

/** What somebody may be of a list, member or not. */
export const personRoles = ["owner", "moderator", "poster"] as const;
export type PersonRole = (typeof personRoles)[number];

/** Whether a member's posts wait for a moderator: as the list has it, always, never. */
export const moderations = ["default", "moderated", "free"] as const;

export type Moderation = (typeof moderations)[number];

export interface Member {
  /** What two spellings of the address have in common. */
  readonly key: string;
  readonly address: string;
  readonly name: string;
  readonly delivery: Delivery;
  /** Whether own posts come back; undefined: as the list has it. */
  readonly ownCopy: boolean | undefined;
  /** Whether posts come that name this address in To or Cc; undefined: as the list has it. */
  readonly duplicates: boolean | undefined;
  /** Whether own posts are acknowledged; undefined: as the list has it. */
  readonly acknowledge: boolean | undefined;
  /** Of what is said to this member; "": as the list has it. */
  readonly language: string;
  readonly moderation: Moderation;
  /** No mail before this moment, milliseconds since 1970; then as `delivery` says. */
  readonly away: number | undefined;
  /** No mail since this moment, until it is resumed. */
  readonly suspended: number | undefined;
  /** Why. */
  readonly suspendedFor: string;
  /** Milliseconds since 1970. */
  readonly joined: number;
}

/**
 * A member to add; what is undefined stays as it is, or is the default for a new one, and null is
 * the default for every one.
 */
export interface Joining {
  readonly key: string;
  readonly address: string;
  readonly name?: string | undefined;
  readonly delivery?: Delivery | undefined;
  readonly ownCopy?: boolean | null | undefined;
  readonly duplicates?: boolean | null | undefined;
  readonly acknowledge?: boolean | null | undefined;
  readonly language?: string | undefined;
  readonly moderation?: Moderation | undefined;
  readonly away?: number | null | undefined;
  readonly suspended?: number | null | undefined;
  readonly suspendedFor?: string | undefined;
  /** Undefined: now, for a new one. */
  readonly joined?: number | undefined;
}

export type Added = "added" | "changed" | "present";
