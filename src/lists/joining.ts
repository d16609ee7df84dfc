/**
 * Why somebody's wish to join or to leave waits, as the reason of a hold tells it: so that moderators
 * get to know who it is. Pure.
 */

export function joiningReason(address: string): string {
  return `${address} wants to join`;
}

export function leavingReason(address: string): string {
  return `${address} wants to leave`;
}

/** Somebody's wish. */
export interface Wish {
  readonly command: "subscribe" | "unsubscribe";
  readonly address: string;
}

/** What somebody wants; undefined where it is about something else. */
export function wishIn(reason: string): Wish | undefined {
  const [, address = "", what] =
    /^(\S+@\S+) wants to (join|leave)$/.exec(reason) ?? [];
  if (what === undefined) return undefined;
  return { command: what === "join" ? "subscribe" : "unsubscribe", address };
}
