/**
 * What a report says of each recipient: the lines at and below the place where it names him. Pure.
 */
import type { Family } from "./rules/rule.ts";

/** Lines of one diagnosis. */
const DIAGNOSIS = 15;
/** With more recipients than this, lines that mention one are not looked for. */
const MENTIONED = 50;

export interface Told {
  readonly recipient: string;
  readonly final?: string;
  /** What stands at the recipient; "" where nothing does. */
  readonly text: string;
}

/** Where a report names a recipient. */
export interface Place {
  recipient: string;
  final?: string;
  readonly line: number;
  /** The rest of the line behind the address. */
  readonly rest: string;
}

export function withText(
  places: readonly Place[],
  lines: readonly string[],
  family: Family | undefined,
): Told[] {
  return places.map((place, index) => {
    const { recipient, final, line, rest } = place;
    const next = places[index + 1]?.line ?? lines.length;
    const below = lines.slice(line + 1, Math.min(next, line + 1 + DIAGNOSIS));
    const own = [rest, ...below].filter((text) => /\w/.test(text));
    const told = diagnosis(own, lines, family, places.length === 1);
    const mentioned =
      places.length > MENTIONED || told.length > 0
        ? []
        : mentions(lines, final ?? recipient, line);
    return {
      recipient,
      ...(final === undefined ? {} : { final }),
      text: [...told, ...mentioned].join("\n").trim(),
    };
  });
}

/** The lines that the family says are the diagnosis: below the recipient, or anywhere if there is one only. */
function diagnosis(
  own: readonly string[],
  lines: readonly string[],
  family: Family | undefined,
  isOnly: boolean,
): readonly string[] {
  const pattern = family?.diagnosis;
  if (pattern === undefined) return own;
  const below = own.filter((line) => pattern.test(line));
  if (below.length > 0 || !isOnly) return below;
  return lines.filter((line) => pattern.test(line)).slice(0, DIAGNOSIS);
}

function mentions(
  lines: readonly string[],
  address: string,
  except: number,
): string[] {
  const key = address.toLowerCase();
  return lines
    .filter((line, at) => at !== except && line.toLowerCase().includes(key))
    .slice(0, 5);
}

/** Recipients that the words do not name: everything that the report says is about them. */
export function atLine(
  recipients: readonly string[],
  lines: readonly string[],
  family: Family | undefined,
): Told[] {
  const pattern = family?.diagnosis;
  const told =
    pattern === undefined ? [] : lines.filter((line) => pattern.test(line));
  const text = told.slice(0, DIAGNOSIS).join("\n");
  return [...new Set(recipients)].map((recipient) => ({ recipient, text }));
}
