/**
 * The hand of a repair: this process is a node of the spool, and each act on an entry is a claim, a
 * note in its envelope and one rename. Killed anywhere, a takeover brings the entry back, and it is
 * found again. Nothing is deleted but folders with nothing in them.
 */
import { lstatSync, mkdirSync, renameSync, rmdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { failpoint } from "../../base/failpoint.ts";
import { type Log, plural } from "../../base/log.ts";
import { type Claim, keepEnvelope, lay, mustHold, putBack } from "../claim.ts";
import { publish } from "../commit.ts";
import {
  blankEnvelope,
  type Envelope,
  readEnvelope,
  withEvent,
} from "../envelope.ts";
import type { Node } from "../lease.ts";
import {
  formatName,
  freshName,
  isQueueName,
  type Name,
  parseName,
} from "../name.ts";
import { move } from "../nfs.ts";
import {
  isResting,
  listFolder,
  type RestingQueue,
  type Spool,
} from "../spool.ts";
import { giveBackAll } from "../sweep.ts";

/** Where an entry lies. */
export interface Lying {
  readonly queue: string;
  readonly name: Name;
  readonly path: string;
}

export interface Tools {
  readonly spool: Spool;
  readonly node: Node;
  readonly clock: Clock;
  readonly log: Log;
}

export class Hand {
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /**
   * Lays an entry to rest until a person decides.
   * @param reasonOf looks at it once more, claimed; undefined where there is none any more
   * @returns what was done; undefined where it was taken, or put back
   */
  async layAside(
    entry: Lying,
    where: RestingQueue,
    reasonOf: (claim: Claim) => string | undefined,
  ): Promise<string | undefined> {
    const claim = this.#claim(entry);
    if (!claim) return undefined;
    const reason = reasonOf(claim);
    if (reason !== undefined) return this.#lay(claim, where, reason);
    putBack(this.#tools.spool, claim, claim.name.due);
    return undefined;
  }

  /**
   * The same of children that an entry has committed: the entry itself goes back.
   * @param reasonOf by the child's name in `out/`, once the entry is claimed
   * @returns what was done with each
   */
  async layChildren(
    parent: Lying,
    where: RestingQueue,
    reasonsOf: (claim: Claim) => Iterable<[string, Lying, string]>,
  ): Promise<Map<string, string>> {
    const done = new Map<string, string>();
    const claim = this.#claim(parent);
    if (!claim) return done;
    for (const [file, child, reason] of [...reasonsOf(claim)])
      done.set(file, await this.#lay(child, where, reason));
    putBack(this.#tools.spool, claim, claim.name.due);
    return done;
  }

  /** An entry without anything in it is removed, as a runner does. Throws where something is in it. */
  removeEmpty(entry: Lying): string {
    mustHold(this.#tools.node, entry);
    rmdirSync(entry.path);
    return this.#say(entry, "removed: it was empty");
  }

  /** A folder that is an entry but for its name. */
  async adopt(queue: string, path: string): Promise<string | undefined> {
    const name = freshName(this.#tools.clock.now());
    const claim = this.#claim({ queue, name, path });
    if (!claim) return undefined;
    const reason = `its name was none of an entry's: ${basename(path)}`;
    return this.#lay(claim, "failed", reason);
  }

  /** A file in the place of an entry becomes the message of one. */
  async wrap(entry: Lying, reason: string): Promise<string | undefined> {
    const { spool, node } = this.#tools;
    const { queue, name } = entry;
    mustHold(node, entry);
    spool.makeClaimed(queue, node.name);
    const path = join(spool.claimed(queue, node.name), formatName(name));
    mkdirSync(path);
    failpoint("repair-claimed");
    if (!move(entry.path, join(path, "message"))) return undefined;
    return this.#lay({ queue, name, path }, "failed", reason);
  }

  /**
   * What a dead node has of a queue: what it had committed is published, all else goes back. Throws at
   * the first that cannot be moved.
   * @param isCommitted whether one is, and nothing is in it that its end would take away
   */
  async takeOver(
    queue: string,
    dead: string,
    isCommitted: (entry: Lying) => boolean,
  ): Promise<string | undefined> {
    const { spool, node, clock, log } = this.#tools;
    const folder = spool.claimed(queue, dead);
    let published = 0;
    for (const file of listFolder(folder)) {
      const name = parseName(file);
      const path = join(folder, file);
      if (name && isCommitted({ queue, name, path }))
        published += await this.#publish({ queue, name, path });
    }
    mustHold(node, { path: folder });
    const count = giveBackAll(spool, dead, queue, clock.now(), log);
    if (count + published === 0) return undefined;
    return `${plural(count + published, "entry", "entries")} taken over`;
  }

  /** @returns how many */
  async #publish(entry: Lying): Promise<number> {
    const claim = this.#claim(entry);
    if (!claim) return 0;
    try {
      await publish(this.#tools.spool, claim);
    } catch (error) {
      putBack(this.#tools.spool, claim, claim.name.due);
      throw error;
    }
    this.#say(entry, "what it had committed is published");
    return 1;
  }

  /** @returns what was done */
  makeFolder(path: string, shown: string): string {
    mkdirSync(path);
    this.#tools.log(shown, "made: it was missing");
    return "made";
  }

  /** Wherever it lies: another node's claim, too, where that is dead. */
  #claim({ queue, name, path }: Lying): Claim | undefined {
    const { spool, node } = this.#tools;
    mustHold(node, { path });
    spool.makeClaimed(queue, node.name);
    const to = join(spool.claimed(queue, node.name), formatName(name));
    if (!move(path, to)) return undefined;
    failpoint("repair-claimed");
    return { queue, name, path: to };
  }

  async #lay(
    entry: Lying,
    where: RestingQueue,
    reason: string,
  ): Promise<string> {
    const { spool, node } = this.#tools;
    const { queue, name, path } = entry;
    mustHold(node, entry);
    const envelope = this.#noted(entry, where, reason);
    const free = this.#freeIn(where, name);
    await lay(spool, { queue, name: free, path }, where, envelope);
    failpoint("repair-moved");
    return this.#say(entry, `laid into ${where}/ as ${free.id}: ${reason}`);
  }

  /** The envelope with the reason in it; one that cannot be read is kept beside it. */
  #noted(
    { queue, name, path }: Lying,
    where: RestingQueue,
    reason: string,
  ): Envelope {
    const at = new Date(this.#tools.clock.now()).toISOString();
    const what = where === "held" ? "held" : "failed";
    const envelope = envelopeFor({ name, path });
    const from = isResting(queue) ? envelope.rest?.queue : queue;
    const rest = isQueueName(from ?? "") ? { rest: { queue: from ?? "" } } : {};
    const event = { at, where: "spool verify", what, reason } as const;
    return withEvent({ ...envelope, ...rest }, event);
  }

  /** A name that nobody has there: what rests under the entry's own stays. */
  #freeIn(where: RestingQueue, name: Name): Name {
    for (let free = name; ; free = { ...free, attempt: free.attempt + 1 }) {
      const place = join(this.#tools.spool.waiting(where), formatName(free));
      if (!lstatSync(place, { throwIfNoEntry: false })) return free;
    }
  }

  #say({ queue, name }: Pick<Lying, "queue" | "name">, what: string): string {
    this.#tools.log(`${queue}/${name.id}`, what);
    return what;
  }
}

function envelopeFor({ name, path }: Pick<Lying, "name" | "path">): Envelope {
  const file = join(path, "envelope.json");
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat && !stat.isFile()) {
    renameSync(file, join(path, `envelope.broken.${name.id}`));
    return blankEnvelope(name.id);
  }
  const read = readEnvelope(path);
  if (read.kind === "envelope") return read.envelope;
  if (read.kind === "broken") keepEnvelope({ path });
  return blankEnvelope(name.id);
}
