/**
 * The roster of a home, opened once a process: hooks ask it for every message.
 */
import { systemClock } from "../base/clock.ts";
import { openState } from "../state/db.ts";
import type { Delivery } from "../state/members.ts";
import { Roster } from "./roster.ts";

const opened = new Map<string, Roster>();

/** @param home the home's folder. Throws Failure where its database cannot be used. */
export function rosterOf(home: string): Roster {
  let roster = opened.get(home);
  if (!roster) {
    roster = new Roster(openState(home), systemClock);
    opened.set(home, roster);
  }
  return roster;
}

/** The addresses of a list's members with this kind of delivery, with memory flat. */
export async function* addresses(
  home: string,
  list: string,
  delivery: Delivery,
): AsyncGenerator<string> {
  for await (const { address } of rosterOf(home).members(list, {
    delivery: [delivery],
  }))
    yield address;
}
