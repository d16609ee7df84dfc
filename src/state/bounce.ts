/** Something that came back, as far as it is about one address. Pure. */
import { DAY } from "../base/units.ts";

/** `message`: the post was refused, not the member. `other`: what nobody understood. */
export type BounceKind =
  | "hard"
  | "soft"
  | "message"
  | "complaint"
  | "probe"
  | "other";

/**
 * Why it is believed. `late`: it is ours, and too old to be judged by. `past`: a trial has arrived since.
 */
export type Trust = "signed" | "ours" | "unsigned" | "late" | "past";

export interface Bounce {
  /** What two spellings of the address have in common; "": it is about nobody that is known. */
  readonly key: string;
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What tells one post from another. */
  readonly post: string;
  readonly kind: BounceKind;
  readonly trust: Trust;
  readonly reason: string;
  /** RFC 3463, or "". */
  readonly status: string;
  readonly detail: string;
  /** The entry that brought it. */
  readonly source: string;
  /** Where the report is kept, below the list's; "" where it is not. */
  readonly report: string;
}

/** The day of a moment, UTC, as a number. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY);
}

export function isAboutMember(kind: BounceKind): boolean {
  return kind === "hard" || kind === "soft";
}

/** Whether a member may be judged by it. */
export function counts({ kind, trust }: Pick<Bounce, "kind" | "trust">) {
  return isAboutMember(kind) && trust !== "late" && trust !== "past";
}

/** Most that is noted about an address in a day. */
const ROOM = 20;

/** How much is to be believed of it; what is believed less is no reason to leave out another one. */
const ranks: Readonly<Record<Trust, number>> = {
  late: 0,
  unsigned: 1,
  past: 2,
  signed: 2,
  ours: 2,
};

/**
 * Whether it says something that is not known: another post or kind, and the day has room for it.
 * @param all what is known about the address
 */
export function isNew(
  { key, at, post, kind, trust }: Bounce,
  all: readonly Bounce[],
): boolean {
  if (key === "") return true;
  const those = all.filter((one) => ranks[one.trust] >= ranks[trust]);
  const today = those.filter((one) => dayOf(one.at) === dayOf(at));
  return (
    today.length < ROOM &&
    !those.some((one) => one.post === post && one.kind === kind)
  );
}
