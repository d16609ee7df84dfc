/**
 * The state of a home, opened once by this process and kept open.
 */
import { openState, type State } from "../state/db.ts";

const states = new Map<string, State>();

/** Throws a Failure where it is missing, of a newer listmill, or damaged. */
export function stateOf(home: string): State {
  const known = states.get(home);
  if (known) return known;
  const made = openState(home);
  states.set(home, made);
  return made;
}
