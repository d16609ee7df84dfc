/**
 * What a person does to entries by hand: finding one by the beginning of its id, trying it now,
 * laying it aside, letting it go on, dropping it. Each is one rename, after a note in the envelope;
 * an entry that a node has at work is left alone.
 */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, exit, Failure } from "../base/errors.ts";
import { keepEnvelope } from "./claim.ts";
import { DROPPED } from "./commit.ts";
import { replace, syncPath } from "./durable.ts";
import {
  type Envelope,
  formatEnvelope,
  readEnvelope,
  UNKNOWN,
  withEvent,
} from "./envelope.ts";
import {
  formatName,
  isQueueName,
  type Name,
  parseChildName,
  parseName,
  secondOf,
} from "./name.ts";
import { move } from "./nfs.ts";
import { hasRecipients, recipientsFile, wholeList } from "./recipients.ts";
import { isResting, listFolder, type Spool } from "./spool.ts";

/** An entry of the spool, wherever it lies. */
export interface Found {
  readonly queue: string;
  readonly name: Name;
  readonly path: string;
  /** The node that has it at work. */
  readonly node: string | undefined;
}

/** The entries of a queue: those that wait, then those at work. */
export function* entriesOf(spool: Spool, queue: string): Generator<Found> {
  const folders: [string, string | undefined][] = [
    [spool.waiting(queue), undefined],
  ];
  for (const node of listFolder(spool.claimed(queue)))
    folders.push([spool.claimed(queue, node), node]);
  for (const [folder, node] of folders)
    for (const file of listFolder(folder)) {
      const name = parseName(file);
      if (name) yield { queue, name, path: join(folder, file), node };
    }
}

/** Whether a queue has an entry of an id, waiting or at work. */
export function hasEntry(spool: Spool, queue: string, id: string): boolean {
  for (const { name } of entriesOf(spool, queue))
    if (name.id === id) return true;
  return false;
}

/**
 * What stands for an entry: itself, or once it is committed, those that follow from it and are not
 * published yet.
 */
export function standInsOf(found: Found): Found[] {
  const out = join(found.path, "out");
  if (!existsSync(out)) return [found];
  return listFolder(out).flatMap((file) => {
    const child = parseChildName(file);
    const { node } = found;
    return child ? [{ ...child, path: join(out, file), node }] : [];
  });
}

/**
 * Finds an entry.
 * @param text an id or its beginning, with or without `<queue>/` before it
 * Throws Failure: none, or several.
 */
export function find(spool: Spool, text: string): Found {
  const slash = text.lastIndexOf("/");
  const wanted = text.slice(slash + 1);
  if (wanted === "")
    throw new Failure(exit.usage, `"${text}" names no entry: give its id`);
  // As a path below the home, too: spool/held/new/NAME.
  const [named = ""] = text
    .slice(0, Math.max(slash, 0))
    .replace(/^spool\//, "")
    .split("/");
  const queues = slash < 0 ? spool.queues() : [named].filter(isQueueName);
  const found = queues.flatMap((queue) =>
    [...entriesOf(spool, queue)].filter(
      ({ name }) => name.id.startsWith(wanted) || formatName(name) === wanted,
    ),
  );
  const [first] = found;
  if (!first)
    throw new Failure(
      exit.noInput,
      `no entry ${text} in the spool (it may be done by now)`,
    );
  const ids = [...new Set(found.map(({ name }) => name.id))];
  if (ids.length > 1)
    throw new Failure(
      exit.usage,
      `${text} is the beginning of several entries: ${ids.join(", ")}`,
    );
  // One that a runner moved meanwhile was seen twice.
  const there = found.filter(({ path }) => existsSync(path));
  if (there.length > 1)
    throw new Failure(
      exit.usage,
      `${first.name.id} stands in several places; give one of ${there.map(({ queue, name }) => `${queue}/${formatName(name)}`).join(", ")}, or see: listmill spool verify`,
    );
  return there[0] ?? first;
}

/** An entry's envelope, or an empty one of unknown origin. */
export function envelopeOf({ path }: Found): Envelope {
  const read = readEnvelope(path);
  if (read.kind === "envelope") return read.envelope;
  return {
    sender: "",
    recipient: "",
    origin: UNKNOWN,
    received: "",
    history: [],
  };
}

/** Makes an entry due. @param now milliseconds */
export async function retry(
  spool: Spool,
  found: Found,
  now: number,
): Promise<void> {
  const { queue, name, path } = waiting(found);
  if (isResting(queue))
    throw new Failure(
      exit.usage,
      `${name.id} rests in ${queue}: use queue release`,
    );
  await rename(spool, path, queue, { ...name, due: secondOf(now) });
}

/** Throws Failure for a queue that is not there. */
export function mustBeQueue(spool: Spool, queue: string): void {
  const queues = spool.queues();
  if (queues.includes(queue)) return;
  throw new Failure(
    exit.usage,
    `no queue "${queue}"; there are: ${queues.join(", ")}`,
  );
}

/** Throws Failure for a queue in which entries rest until a person decides. */
export function mustWait(queue: string): void {
  if (!isResting(queue)) return;
  throw new Failure(
    exit.usage,
    `what is in ${queue} rests: use queue release ENTRY`,
  );
}

/**
 * Makes due all that waits in a queue, but for what has not been tried yet and has its time, as a
 * digest's alarm has.
 * @param now milliseconds
 * @returns how many are due
 */
export async function retryAll(
  spool: Spool,
  queue: string,
  now: number,
): Promise<number> {
  mustWait(queue);
  let count = 0;
  for (const found of [...entriesOf(spool, queue)]) {
    const { name, node } = found;
    if (node !== undefined) continue;
    if (name.due > secondOf(now)) {
      if (name.attempt === 0 && !name.lane) continue;
      try {
        await retry(spool, found, now);
      } catch (error) {
        // A runner was faster.
        if (error instanceof Failure && error.exitCode === exit.tryLater)
          continue;
        throw error;
      }
    }
    count += 1;
  }
  return count;
}

/**
 * Where a resting entry came from. What another stay left in its envelope, or a hold or release that was
 * cut short before its rename, counts nowhere else.
 */
export function restOf(
  { queue }: Pick<Found, "queue">,
  { rest }: Envelope,
): Envelope["rest"] {
  return isResting(queue) ? rest : undefined;
}

/** Lays an entry into `held`. @param now milliseconds */
export async function hold(
  spool: Spool,
  found: Found,
  now: number,
): Promise<void> {
  const { queue, name, path } = waiting(found);
  if (queue === "held")
    throw new Failure(exit.usage, `${name.id} is held already`);
  if (readEnvelope(path).kind === "broken") keepEnvelope(found);
  const envelope = envelopeOf(found);
  const rest = restOf(found, envelope) ?? { queue };
  await note(path, { ...envelope, rest }, "held", now);
  await rename(spool, path, "held", name);
}

/**
 * Lets a resting entry go on, past the stage that held it.
 * @param now milliseconds
 * @param past the hook that it passes, instead of the whole stage
 * @returns the queue that it goes on in
 */
export async function release(
  spool: Spool,
  found: Found,
  now: number,
  past?: string,
): Promise<string> {
  const { name, path } = waiting(found);
  const envelope = envelopeOf(found);
  const rest = restOf(found, envelope);
  const to = rest?.queue;
  // What it was read from may have gone meanwhile.
  if (to === undefined && !existsSync(path)) throw taken(name.id);
  if (to === undefined || !isQueueName(to))
    throw new Failure(
      exit.usage,
      isResting(found.queue)
        ? `${join(path, "envelope.json")} does not say which queue it came from, as one from a backup does not: put "rest": { "queue": "..." } into it`
        : `${name.id} is not held or failed: nothing to release`,
    );
  if (envelope.origin === UNKNOWN)
    throw new Failure(
      exit.dataError,
      `${name.id} has lost its envelope: write sender, recipient, list and origin into ${join(path, "envelope.json")} first${hasRecipients(path) ? ", and portion and given as envelope.broken has them" : ""}`,
    );
  mustHavePortion(found, envelope);
  const lifted = past ?? rest?.stage;
  const passed = lifted
    ? [...(envelope.passed ?? []), lifted]
    : envelope.passed;
  // `rest` stays in it: where this is cut short before the rename, the entry can still be released.
  await note(
    path,
    { ...envelope, ...(passed ? { passed } : {}) },
    "released",
    now,
  );
  await rename(spool, path, to, { ...name, due: secondOf(now), attempt: 0 });
  return to;
}

/**
 * Throws Failure where an entry is for a part of a list and its envelope, written anew, does not say for
 * which: it would be for all of the list.
 */
export function mustHavePortion(
  { name, path }: Found,
  { portion }: Envelope,
): void {
  if (!name.lane || portion || !hasRecipients(path)) return;
  const { size } = name.lane;
  const { count } = wholeList(recipientsFile(path));
  if (count === size) return;
  throw new Failure(
    exit.dataError,
    `${name.id} is for ${size} of the ${count} recipients in its file, and ${join(path, "envelope.json")} does not say which: write portion and given into it as they stand in envelope.broken`,
  );
}

/** Removes an entry for good. */
export function drop(spool: Spool, found: Found): void {
  const { queue, name, path } = waiting(found);
  // Out of the queue by one rename first: no runner can take half of it.
  const grave = join(spool.writing(queue), `${formatName(name)}${DROPPED}`);
  if (!move(path, grave)) throw taken(name.id);
  rmSync(grave, { recursive: true, force: true });
}

function waiting(found: Found): Found {
  if (found.node === undefined) return found;
  throw new Failure(
    exit.tryLater,
    `${found.name.id} is at work on ${found.node}; try again in a moment`,
  );
}

async function note(
  path: string,
  envelope: Envelope,
  what: "held" | "released",
  now: number,
): Promise<void> {
  const at = new Date(now).toISOString();
  const noted = withEvent(envelope, { at, where: "operator", what });
  try {
    await replace(join(path, "envelope.json"), formatEnvelope(noted));
  } catch (error) {
    throw errnoOf(error) === "ENOENT" ? taken(path) : error;
  }
}

async function rename(
  spool: Spool,
  path: string,
  queue: string,
  name: Name,
): Promise<void> {
  spool.make(queue);
  if (!move(path, join(spool.waiting(queue), formatName(name))))
    throw taken(name.id);
  await syncPath(spool.waiting(queue));
  spool.ring(queue);
}

function taken(what: string): Failure {
  return new Failure(exit.tryLater, `${what} was taken just now`);
}
