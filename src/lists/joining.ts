/**
 * Why somebody's wish to join waits, as the reason of a hold tells it: so that moderators get to know
 * who it is. Pure.
 */

export function joiningReason(address: string): string {
  return `${address} wants to join`;
}

export function leavingReason(address: string): string {
  return `${address} wants to leave`;
}

/** Who wants to join; undefined where it is about something else. */
export function joinerIn(reason: string): string | undefined {
  return /^(\S+@\S+) wants to join$/.exec(reason)?.[1];
}
