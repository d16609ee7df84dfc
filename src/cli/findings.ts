/** What a look over a home has found, as it comes: for people, or for programs. */
import { oneLine } from "../base/log.ts";
import type { Finding } from "../spool/verify/finding.ts";
import type { Meter } from "./meter.ts";
import { write } from "./output.ts";

/** A line each. */
export function asLine(meter: Meter): (finding: Finding) => Promise<void> {
  return ({ level, path, what, done, cure }) => {
    meter.wipe();
    const begin = level === "note" ? "note: " : "";
    const end = done === undefined ? `; ${cure}` : `; done: ${done}`;
    return write(`${begin}${oneLine(path)}: ${oneLine(`${what}${end}`)}\n`);
  };
}

/** Members of a JSON array, a line each. */
export function asJson(meter: Meter): (finding: Finding) => Promise<void> {
  let before = "";
  return (finding) => {
    meter.wipe();
    const line = `${before}\n${JSON.stringify(finding)}`;
    before = ",";
    return write(line);
  };
}
