/**
 * Which messages a spool holds, and which may follow from which. A message at a place is one word,
 * `<its text>@<queue>`; in `tmp/`, `<its text>@<queue>.draft` on its way in, and `.done` on its way
 * out. What lies in `out/` is in the next queue already, and its parent is gone: that is what a
 * commit means.
 */

import { isResting } from "../../src/spool/spool.ts";
import { broken } from "./explorer.ts";
import type { Files } from "./files.ts";

/** What may follow from a word: each alternative is all of its words. None: it may vanish. */
export type Lineage = Readonly<Record<string, readonly (readonly string[])[]>>;

const known = new WeakMap<Files, readonly string[]>();

/** The messages of a spool, sorted. Throws where an entry is in no state that may be. */
export function wordsIn(files: Files): readonly string[] {
  const found = known.get(files) ?? lookedUp(files);
  known.set(files, found);
  return found;
}

function lookedUp(files: Files): string[] {
  const found: string[] = [];
  for (const queue of files.names("/spool")) {
    if (queue === "nodes") continue;
    const at = `/spool/${queue}`;
    for (const file of files.names(`${at}/new`))
      found.push(...wordsOf(files, `${at}/new/${file}`, queue));
    for (const node of files.names(`${at}/cur`))
      for (const file of files.names(`${at}/cur/${node}`))
        found.push(...wordsOf(files, `${at}/cur/${node}/${file}`, queue));
    for (const file of files.names(`${at}/tmp`)) {
      const text = files.text(`${at}/tmp/${file}/message`);
      const ending = /\.(done|dropped)$/.exec(file)?.[1] ?? "draft";
      if (text) found.push(`${text}@${queue}.${ending}`);
    }
  }
  return found.sort();
}

function wordsOf(files: Files, path: string, queue: string): string[] {
  const delivered = files.text(path);
  if (delivered !== undefined) return [`${delivered}@${queue}`];
  const names = files.names(path);
  if (names.includes("out"))
    return files.names(`${path}/out`).map((child) => {
      const text = whole(files, `${path}/out/${child}`);
      return `${text}@${child.split(".")[0]}`;
    });
  if (names.length === 0) return [];
  // An MTA leaves a message without an envelope.
  const text =
    queue === "incoming" ? files.text(`${path}/message`) : whole(files, path);
  if (text === undefined) broken(`${path}: half an entry: ${names.join(" ")}`);
  return [`${text}@${queue}`];
}

/** The text of an entry that must have all of its files. */
function whole(files: Files, path: string): string {
  const text = files.text(`${path}/message`);
  const envelope = files.text(`${path}/envelope.json`);
  if (!text || !envelope?.endsWith("\n"))
    broken(`${path}: not whole: ${files.names(path).join(" ")}`);
  const [, , queue = ""] = path.split("/");
  const rests = isResting(queue) && !path.includes("/cur/");
  if (rests && !("rest" in JSON.parse(envelope)))
    broken(`${path}: nobody can release it`);
  return text;
}

/**
 * Throws unless each message that there is follows from one that was there before, exactly once.
 * @param isFar whether steps between were not looked at, in which something may have ended
 */
export function mustFollow(
  lineage: Lineage,
  before: readonly string[],
  after: readonly string[],
  isFar = false,
): void {
  if (before.join() === after.join()) return;
  // Whether a message is one that is being brought, nobody can tell before it is there.
  const isOver = (left: readonly string[]) =>
    left.every((word) => word.endsWith(".draft"));
  for (const left of remainders({ lineage, isFar }, before, after))
    if (isOver(left)) return;
  broken(`lost, or there twice: ${before} became ${after.join() || "nothing"}`);
}

interface Rules {
  readonly lineage: Lineage;
  readonly isFar: boolean;
}

/** What may be left of `after` when all that follows from `before` is taken away. */
function* remainders(
  rules: Rules,
  before: readonly string[],
  after: readonly string[],
): Generator<readonly string[]> {
  const [word, ...others] = before;
  if (word === undefined) {
    yield after;
    return;
  }
  for (const left of withoutHeirs(rules, word, after))
    yield* remainders(rules, others, left);
  if (rules.lineage[word]?.some(({ length }) => length === 0))
    yield* remainders(rules, others, after);
}

/** What may be left of `words` without this one, or without all that follow from it. */
function* withoutHeirs(
  rules: Rules,
  word: string,
  words: readonly string[],
): Generator<readonly string[]> {
  const at = words.indexOf(word);
  if (at >= 0) yield words.toSpliced(at, 1);
  for (const heirs of rules.lineage[word] ?? []) {
    let ways = heirs.length > 0 || rules.isFar ? [words] : [];
    for (const heir of heirs)
      ways = ways.flatMap((left) => [...withoutHeirs(rules, heir, left)]);
    yield* ways;
  }
}

/** Throws where something is left to be done in one of these queues. */
export function mustRest(queues: readonly string[], files: Files): void {
  for (const word of wordsIn(files)) {
    const [, place = ""] = word.split("@");
    if (queues.includes(place) || place.endsWith(".done"))
      broken(`${word} is left behind`);
  }
}
