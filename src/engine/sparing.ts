/**
 * Lines of a program that may write without end: so many in a while are told, of the others only
 * how many they are.
 */

/** Lines that are told in a while. */
const LINES = 20;
/** Seconds of it. */
const WHILE = 10;

export interface Sparing {
  (line: string): void;
  /** Tells what is still to be told. */
  end(): void;
}

/** @param seconds a clock that never goes back */
export function sparing(
  tell: (line: string) => void,
  seconds: () => number,
): Sparing {
  let since = Number.NEGATIVE_INFINITY;
  let lines = 0;
  const end = () => {
    const more = lines - LINES;
    if (more > 0) tell(`and ${more} more ${more === 1 ? "line" : "lines"}`);
    lines = 0;
  };
  const say = (line: string) => {
    if (seconds() - since >= WHILE) {
      end();
      since = seconds();
    }
    lines += 1;
    if (lines <= LINES) tell(line);
  };
  return Object.assign(say, { end });
}
