/**
 * The state of a home, opened once by this process and kept open.
 */
import { existsSync } from "node:fs";
import { exit, Failure } from "../base/errors.ts";
import { openState, type State, statePath } from "../state/db.ts";

const states = new Map<string, State>();

/** Throws a Failure where it is missing, of a newer listmill, or damaged. */
export function stateOf(home: string): State {
  const known = states.get(home);
  if (known) return known;
  // A state that is not mounted must not make every member a stranger.
  if (!existsSync(statePath(home)))
    throw new Failure(
      exit.tryLater,
      `${statePath(home)}: the members' database is missing; mount it, or make a new one with: listmill init ${home}`,
    );
  const made = openState(home);
  states.set(home, made);
  return made;
}
