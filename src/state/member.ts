/** What is known of a member of a list. Pure. */

/** How a member gets posts. */
export const deliveries = [
  "posts",
  "digest-mime",
  "digest-plain",
  "nomail",
] as const;

export type Delivery = (typeof deliveries)[number];

export interface Member {
  /** What two spellings of the address have in common. */
  readonly key: string;
  readonly address: string;
  readonly name: string;
  readonly delivery: Delivery;
  /** Whether own posts come back; undefined: as the list has it. */
  readonly ownCopy: boolean | undefined;
  /** Milliseconds since 1970. */
  readonly joined: number;
}

/** A member to add; what is undefined stays as it is, or is the default for a new one. */
export interface Joining {
  readonly key: string;
  readonly address: string;
  readonly name?: string | undefined;
  readonly delivery?: Delivery | undefined;
  readonly ownCopy?: boolean | undefined;
}

export type Added = "added" | "changed" | "present";
