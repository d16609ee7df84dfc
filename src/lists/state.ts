/**
 * The state of a home, and what is made of it: opened once by this process and kept open.
 */
import { openState, type State } from "../state/db.ts";

/**
 * Makes something once for each home. What throws is made again at the next question.
 * @param make of a home's absolute path
 */
function onceAHome<T>(make: (home: string) => T): (home: string) => T {
  const made = new Map<string, T>();
  return (home) => {
    const known = made.get(home);
    if (known !== undefined) return known;
    const one = make(home);
    made.set(home, one);
    return one;
  };
}

/** Throws a Failure where it is missing, of a newer listmill, or damaged. */
export const stateOf = onceAHome(openState);

/** What is made of a home's state, so that its statements are prepared once. */
export function tableOf<T>(make: (state: State) => T): (home: string) => T {
  return onceAHome((home) => make(stateOf(home)));
}
