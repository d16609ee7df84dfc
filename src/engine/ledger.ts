/**
 * What is noted of each recipient of an entry, for those who look from outside: nothing is changed.
 * An entry that a runner takes meanwhile is gone from where it was: ENOENT, with the first page.
 */
import { errnoOf } from "../base/errors.ts";
import { progressOf } from "../spool/progress.ts";
import {
  type Portion,
  pagesOfRecipients,
  recipientsFile,
  wholeList,
} from "../spool/recipients.ts";
import { isFinal, type Note, parseNotes } from "./notes.ts";

/** A recipient, and the last that is known of it. */
export interface Standing {
  readonly address: string;
  /** Undefined where it was not tried, or the try is not noted. */
  readonly kind?: Note["kind"];
  readonly reply?: string;
}

/** All recipients of an entry, in order. @param entry its folder */
export function standings(entry: string, portion?: Portion): Standing[] {
  return [...standingsOf(entry, portion)].flat();
}

/** The same page by page; none where it has no list. Memory is flat, but for what notes there are. */
export function* standingsOf(
  entry: string,
  portion?: Portion,
): Generator<Standing[]> {
  try {
    const { count } = portion ?? wholeList(recipientsFile(entry));
    const notes = notesOf(entry, count);
    let place = 0;
    for (const page of pagesOfRecipients(entry, portion))
      yield page.map((address) => {
        place += 1;
        return standingOf(address, notes.get(place));
      });
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

function standingOf(address: string, note: Note | undefined): Standing {
  if (!note) return { address };
  const { kind, reply } = note;
  return { address, kind, reply };
}

/**
 * The recipients that wait, page by page, with the last reply to them. Memory is flat, but for what
 * notes there are.
 */
export function* waitingOf(
  entry: string,
  portion?: Portion,
): Generator<Standing[]> {
  const count = (portion ?? wholeList(recipientsFile(entry))).count;
  const notes = notesOf(entry, count);
  if (notes.size === 0) {
    for (const page of pagesOfRecipients(entry, portion))
      yield page.map((address) => ({ address }));
    return;
  }
  const served = servedOf(entry, portion, notes);
  let place = 0;
  for (const page of pagesOfRecipients(entry, portion)) {
    const waiting: Standing[] = [];
    for (const address of page) {
      place += 1;
      if (served.has(address)) continue;
      waiting.push(standingOf(address, notes.get(place)));
    }
    yield waiting;
  }
}

/** How many of an entry's places wait. @param count of all */
export function waitingCount(entry: string, count: number): number {
  let waiting = count;
  for (const note of notesOf(entry, count).values())
    if (isFinal(note)) waiting -= 1;
  return waiting;
}

/** Addresses that are done with: one that stands there twice is served once. */
function servedOf(
  entry: string,
  portion: Portion | undefined,
  notes: ReadonlyMap<number, Note>,
): Set<string> {
  const served = new Set<string>();
  let place = 0;
  for (const page of pagesOfRecipients(entry, portion))
    for (const address of page) {
      place += 1;
      const note = notes.get(place);
      if (note && isFinal(note)) served.add(address);
    }
  return served;
}

/** The last word on each place of which anything is noted. */
function notesOf(entry: string, places: number): Map<number, Note> {
  const notes = new Map<number, Note>();
  for (const line of progressOf(entry))
    for (const note of parseNotes(line, places)) {
      const before = notes.get(note.place);
      if (!before || !isFinal(before)) notes.set(note.place, note);
    }
  return notes;
}
