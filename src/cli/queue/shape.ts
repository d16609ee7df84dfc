/**
 * The shape of a queue: who waits in it, by destination domain, age and reason. Only counts are
 * kept, and of so many domains and reasons at most, so memory is flat whatever waits. Entries are read
 * where they lie and left alone: what a runner moves meanwhile may be missed, but is never counted twice.
 */
import { statSync } from "node:fs";
import { breath } from "../../base/breath.ts";
import type { Clock } from "../../base/clock.ts";
import { messageOf } from "../../base/errors.ts";
import { outbound } from "../../engine/aftermath.ts";
import { type Standing, waitingOf } from "../../engine/ledger.ts";
import { domainKeyOf } from "../../mail/address.ts";
import { gistOf } from "../../mail/gist.ts";
import { type Envelope, readEnvelope, startOf } from "../../spool/envelope.ts";
import { entriesOf, type Found, standInsOf } from "../../spool/operator.ts";
import { hasRecipients, recipientsFile } from "../../spool/recipients.ts";
import { isResting, type Spool } from "../../spool/spool.ts";
import { isGone } from "../waiting.ts";

/** Upper ends of the ages, in minutes; what is older comes last. */
export const AGES = [5, 10, 20, 40, 80, 160, 320, 640, 1280] as const;

/** Domains that are counted one by one: the first that are met. */
export const DOMAINS = 10_000;
/** Reasons that are counted one by one. */
const REASONS = 20_000;
/** Different replies whose gist is kept. */
const GISTS = 5000;

/** Recipients of a domain that wait. */
export interface Row {
  /** Undefined for all that are not counted one by one. */
  readonly domain: string | undefined;
  recipients: number;
  /** By age. */
  readonly ages: number[];
  /** By the gist of the last reply. */
  readonly reasons: Map<string, number>;
}

export const untried = "not tried yet";
export const atWork = "at work";
const otherReplies = "other replies";

export class Shape {
  entries = 0;
  recipients = 0;
  readonly rows = new Map<string, Row>();
  /** Those of all domains beyond the first; undefined where there are no more. */
  rest: Row | undefined;
  /** Recipients of entries that nodes have at work. */
  readonly working = new Map<string, number>();
  /** What could not be read, and why. */
  readonly unread: string[] = [];
  #reasons = 0;
  readonly #gists = new Map<string, string>();

  /** @param age milliseconds @param node that has them at work */
  count(
    waiting: readonly Standing[],
    age: number,
    node: string | undefined,
  ): void {
    const bucket = bucketOf(age);
    const unknown = node === undefined ? untried : atWork;
    for (const { address, reply } of waiting) {
      const row = this.#rowOf(domainKeyOf(address));
      row.recipients += 1;
      row.ages[bucket] = (row.ages[bucket] ?? 0) + 1;
      this.#reason(row, reply === undefined ? unknown : this.#gistOf(reply));
    }
    this.recipients += waiting.length;
    if (node !== undefined)
      this.working.set(node, (this.working.get(node) ?? 0) + waiting.length);
  }

  #rowOf(domain: string): Row {
    const row = this.rows.get(domain);
    if (row) return row;
    if (this.rows.size >= DOMAINS) {
      this.rest ??= emptyRow(undefined);
      return this.rest;
    }
    // A part of a page would keep all of it in memory.
    const own = Buffer.from(domain).toString();
    const fresh = emptyRow(own);
    this.rows.set(own, fresh);
    return fresh;
  }

  #reason({ reasons }: Row, gist: string): void {
    const count = reasons.get(gist);
    if (count !== undefined) reasons.set(gist, count + 1);
    else if (this.#reasons < REASONS || gist === untried || gist === atWork) {
      this.#reasons += 1;
      reasons.set(gist, 1);
    } else reasons.set(otherReplies, (reasons.get(otherReplies) ?? 0) + 1);
  }

  #gistOf(reply: string): string {
    const known = this.#gists.get(reply);
    if (known !== undefined) return known;
    if (this.#gists.size >= GISTS) this.#gists.clear();
    const gist = gistOf(reply);
    this.#gists.set(reply, gist);
    return gist;
  }
}

/** Whether the entries of a queue are nothing but distribution lists on their way. */
export function hasShape(spool: Spool, queue: string): boolean {
  if (isResting(queue) || !spool.queues().includes(queue)) return false;
  if (queue === outbound) return true;
  let some = false;
  for (const { path } of entriesOf(spool, queue)) {
    if (!hasRecipients(path)) return false;
    some = true;
  }
  return some;
}

/** Counts what waits in a queue. @param tell told of recipients as they are counted */
export async function shapeOf(
  spool: Spool,
  queue: string,
  clock: Clock,
  tell: (recipients: number) => void,
): Promise<Shape> {
  const shape = new Shape();
  const seen = new Set<string>();
  for (const found of entriesOf(spool, queue))
    for (const entry of standInsOf(found)) {
      const { id } = entry.name;
      if (entry.queue !== queue || seen.has(id)) continue;
      try {
        await countEntry(shape, entry, clock, tell);
        seen.add(id);
        shape.entries += 1;
      } catch (error) {
        // A runner took it just now: it may be met again.
        if (isGone(error)) continue;
        shape.unread.push(`${queue}/${id}: ${messageOf(error)}`);
      }
    }
  return shape;
}

async function countEntry(
  shape: Shape,
  found: Found,
  clock: Clock,
  tell: (recipients: number) => void,
): Promise<void> {
  const { portion, ...envelope } = readable(found);
  const age = clock.now() - startOf(envelope, found.name.id);
  for (const page of waitingOf(found.path, portion)) {
    shape.count(page, age, found.node);
    tell(page.length);
    await breath();
  }
}

/** Throws where it is broken: then nothing says which part of a list is the entry's. */
function readable({ path }: Found): Envelope {
  const read = readEnvelope(path);
  if (read.kind === "envelope") return read.envelope;
  if (read.kind === "broken") throw new Error(read.reason);
  // ENOENT where a runner took it just now.
  statSync(recipientsFile(path));
  throw new Error("there is no envelope.json in the entry");
}

function bucketOf(age: number): number {
  const bucket = AGES.findIndex((minutes) => age <= minutes * 60_000);
  return bucket < 0 ? AGES.length : bucket;
}

function emptyRow(domain: string | undefined): Row {
  const ages = Array.from({ length: AGES.length + 1 }, () => 0);
  return { domain, recipients: 0, ages, reasons: new Map() };
}
