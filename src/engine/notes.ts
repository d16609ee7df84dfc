/**
 * Notes of a delivery as lines of the progress file: what became of which recipients, by their place
 * in the entry's list, so that a hundred with one reply are one short line. Pure.
 *
 *     sent TAB 1-98,100 TAB 250 2.0.0 taken
 *     never TAB 99 TAB 550 5.1.1 nobody of that name
 *     later TAB 101-110 TAB 451 4.3.0 try again
 *     dropped TAB 111 TAB by a person
 *
 * `later` is noted for people only, once the entry waits again; of who was dropped nobody is told.
 * A line that was torn is no note, or one whose reply is shorter: what it says of recipients came
 * before the reply.
 */
import type { Outcome } from "./question.ts";

/** What became of the recipient at a place, counted from 1. */
export interface Note {
  readonly place: number;
  readonly kind: Outcome["kind"] | "dropped";
  readonly reply: string;
}

const kinds: readonly string[] = [
  "sent",
  "later",
  "never",
  "dropped",
] satisfies Note["kind"][];

function isKind(text: string): text is Note["kind"] {
  return kinds.includes(text);
}

/** Whether nothing is to be done any more for a recipient of whom this is noted. */
export function isFinal({ kind }: Pick<Note, "kind">): boolean {
  return kind !== "later";
}

/** Whether a line of a progress file is about recipients. */
export function isNote(line: string): boolean {
  return isKind(line.slice(0, Math.max(line.indexOf("\t"), 0)));
}

/** Characters of the reply to what was sent that are kept: enough for the relay's queue id. */
const SHORT = 60;

/** As few lines as say it. @param notes in any order */
export function formatNotes(notes: readonly Note[]): string[] {
  const groups = new Map<string, number[]>();
  for (const { place, kind, reply } of notes) {
    const clean = reply.replace(/[\t\r\n]+/g, " ");
    const words = kind === "sent" ? clean.slice(0, SHORT) : clean;
    const key = `${kind}\t${words}`;
    const places = groups.get(key);
    if (places) places.push(place);
    else groups.set(key, [place]);
  }
  return [...groups].map(([key, places]) => {
    const tab = key.indexOf("\t");
    return `${key.slice(0, tab)}\t${rangesOf(places)}${key.slice(tab)}`;
  });
}

/** The notes of a line; none where it is none, or tells of something else. */
export function* parseNotes(line: string, places: number): Generator<Note> {
  const [kind = "", ranges = "", ...words] = line.split("\t");
  if (!isKind(kind) || words.length === 0) return;
  const reply = words.join(" ");
  for (const range of ranges.split(",")) {
    const found = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(range);
    if (!found) return;
    const first = Number(found[1]);
    const last = Math.min(Number(found[2] ?? first), places);
    for (let place = Math.max(first, 1); place <= last; place += 1)
      yield { place, kind, reply };
  }
}

function rangesOf(places: readonly number[]): string {
  const sorted = places.toSorted((a, b) => a - b);
  const ranges: string[] = [];
  for (let at = 0; at < sorted.length; ) {
    const first = sorted[at] ?? 0;
    let last = first;
    while (sorted[at] !== undefined && (sorted[at] ?? 0) <= last + 1) {
      last = sorted[at] ?? last;
      at += 1;
    }
    ranges.push(first === last ? String(first) : `${first}-${last}`);
  }
  return ranges.join(",");
}
