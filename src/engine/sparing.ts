/**
 * Lines of a program that may write without end: so many in a while are told, of the others only
 * how many they are.
 */

/** Lines that are told in a while. */
const LINES = 20;
/** Milliseconds of it. */
const WHILE = 10_000;

export interface Sparing {
  (line: string): void;
  /** Tells what is still to be told. */
  end(): void;
}

/** @param now milliseconds of a clock that never goes back */
export function sparing(
  tell: (line: string) => void,
  now: () => number = () => performance.now(),
): Sparing {
  let since = Number.NEGATIVE_INFINITY;
  let lines = 0;
  const end = () => {
    const more = lines - LINES;
    if (more > 0) tell(`and ${more} more ${more === 1 ? "line" : "lines"}`);
    lines = 0;
  };
  const say = (line: string) => {
    if (now() - since >= WHILE) {
      end();
      since = now();
    }
    lines += 1;
    if (lines <= LINES) tell(line);
  };
  return Object.assign(say, { end });
}
