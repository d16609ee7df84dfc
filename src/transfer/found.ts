/**
 * What a list of another manager comes to: the same from all of them. Whoever reads one fills this
 * in and changes nothing of the source. Pure.
 */
import type { Delivery, PersonRole } from "../lists/people.ts";

/** A setting of the other manager, its value as a person reads it. */
export interface Seen {
  readonly setting: string;
  readonly value: string;
}

export interface Kept extends Seen {
  /** The key of the setting that says it here, where one does. */
  readonly key?: string;
  /** What it is here, such as `subject_prefix = "[talk] "`. */
  readonly becomes: string;
}

export interface Lost extends Seen {
  readonly why: string;
  /** What one can do; "" where there is nothing. */
  readonly instead: string;
}

/** Nothing is lost by it: it stands at its default, or counts something of its own. */
export interface Moot extends Seen {
  readonly why: string;
}

export interface FoundMember {
  /** As it was written; not checked. */
  readonly address: string;
  readonly delivery: Delivery;
  readonly name?: string;
  /** What is left out is as the list has it. */
  readonly language?: string;
  readonly moderation?: "moderated" | "free";
  readonly ownCopy?: boolean;
  readonly duplicates?: boolean;
  readonly acknowledge?: boolean;
  /** Milliseconds since 1970: no mail before. */
  readonly away?: number;
  /** Milliseconds since 1970: no mail since then, until resumed. */
  readonly suspended?: number;
  readonly joined?: number;
  /** `file:line`, or what else finds it. */
  readonly where: string;
}

/** A text that the list says to people, as templates/<language>/<name>.txt has it. */
export interface FoundText {
  /** What it was called. */
  readonly setting: string;
  readonly name: string;
  readonly language: string;
  /** Whole, or a body that stands before that of listmill's own text. */
  readonly text: string;
  readonly how: "instead" | "before";
}

export interface Found {
  readonly address: string;
  /** By flat key, as `list set` takes them: "policy", "digest.posts". */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly members: AsyncIterable<FoundMember>;
  readonly roles: readonly {
    readonly address: string;
    readonly role: PersonRole;
  }[];
  readonly suppressed: readonly {
    readonly address: string;
    readonly why: string;
  }[];
  readonly texts: readonly FoundText[];
  /** Where its archive lies. */
  readonly archive?: string;
  readonly kept: readonly Kept[];
  readonly lost: readonly Lost[];
  readonly moot: readonly Moot[];
}

/** What the person who imports says besides the path. */
export interface Wanted {
  /** The list's address, where the source does not tell it or another one is wanted. */
  readonly address?: string | undefined;
}

/** Reads a list of a manager. Throws a Failure that names the file, and the line where there is one. */
export type Reader = (path: string, wanted: Wanted) => Promise<Found>;
