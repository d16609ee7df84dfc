/**
 * What a program wrote to stderr, as lines for the log: the first ones, and how many more there
 * are. Memory is flat whatever it wrote. Reads one file, changes nothing.
 */
import { linesOf } from "../base/lines.ts";
import { oneLine } from "../base/log.ts";
import { chunks } from "../base/pieces.ts";
import { wholeOf } from "./program.ts";

/** Lines that go to the log. */
const LINES = 20;
/** Characters of a line that do. */
const CHARACTERS = 500;

/** What a shell writes where a signal ended the program. */
export const signalLine =
  /^(Hangup|Quit|Illegal instruction|Trace\/breakpoint trap|Aborted|Bus error|Floating point exception|Killed|Segmentation fault|Terminated)( \(core dumped\))?$/;

/**
 * Tells the lines of a file; blank ones and what the shell itself has said are left out.
 * @param told the first line is not told again where it is in this text
 */
export async function tellStderr(
  path: string,
  tell: (line: string) => void,
  told: string,
): Promise<void> {
  const pieces = wholeOf(path);
  if (pieces.length === 0) return;
  let lines = 0;
  for await (const raw of linesOf(chunks(pieces), 4 * CHARACTERS)) {
    const line = oneLine(raw, CHARACTERS);
    if (line === "" || signalLine.test(line)) continue;
    lines += 1;
    if (lines > LINES || (lines === 1 && told.includes(line))) continue;
    tell(line);
  }
  if (lines > LINES)
    tell(`and ${lines - LINES} more ${lines === LINES + 1 ? "line" : "lines"}`);
}
