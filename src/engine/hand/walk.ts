/**
 * A person's way through all entries in which somebody is meant. What waits is acted upon; what a
 * runner has at work is left to it, and told. Where an act fails, its entry is put back, and the others
 * are gone on with.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { allEnded } from "../../base/ended.ts";
import { errnoOf, messageOf } from "../../base/errors.ts";
import { Fenced } from "../../spool/claim.ts";
import { type Envelope, readEnvelope } from "../../spool/envelope.ts";
import { formatName } from "../../spool/name.ts";
import {
  entriesOf,
  type Found,
  mustHavePortion,
  standInsOf,
} from "../../spool/operator.ts";
import { hasRecipients } from "../../spool/recipients.ts";
import { type Choice, type Weight, weigh } from "./choice.ts";
import { claimed, type Tools } from "./hold.ts";

/** An entry that waits, with somebody in it who is meant. */
export interface Meant extends Found {
  readonly weight: Weight;
}

/** What was left alone. */
export interface Left {
  readonly busy: readonly Busy[];
  /** Entries with which something went wrong; it is in the log. */
  readonly failed: number;
  /** Whether it was ended before all was looked at. */
  readonly stopped: boolean;
}

/** An entry that a runner has at work. */
export interface Busy {
  readonly queue: string;
  readonly entry: string;
  readonly node: string;
  /** Who are meant. */
  readonly recipients: number;
}

/** False where a runner was faster: what comes back from it is looked at again. */
type Act = (meant: Meant) => Promise<boolean>;

/**
 * @param rounds most; after the first, each is for what came back from runners meanwhile
 * @param act does what the person wants. Throws Fenced where this node is lost
 */
export async function walk(
  tools: Tools,
  choice: Choice,
  queues: readonly string[],
  rounds: number,
  act: Act,
): Promise<Left> {
  const way = new Walk(tools, choice, queues, act);
  let busy: Busy[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const isNew = await way.round();
    if (tools.signal.aborted || (!isNew && round > 0)) break;
    // What comes back after this look is met in the next round.
    busy = await way.busy();
  }
  return { busy, failed: way.failed, stopped: tools.signal.aborted };
}

/** Entries that are acted upon at once: their syncs share the disk's journal. */
const PARALLEL = 8;

class Walk {
  failed = 0;
  readonly #tools: Tools;
  readonly #choice: Choice;
  readonly #queues: readonly string[];
  readonly #act: Act;
  readonly #looked = new Set<string>();

  constructor(
    tools: Tools,
    choice: Choice,
    queues: readonly string[],
    act: Act,
  ) {
    this.#tools = tools;
    this.#choice = choice;
    this.#queues = queues;
    this.#act = act;
  }

  /** Looks at all that waits. @returns whether there was anything new */
  async round(): Promise<boolean> {
    let isNew = false;
    let batch: Promise<void>[] = [];
    for (const queue of this.#queues)
      for (const found of entriesOf(this.#tools.spool, queue)) {
        const key = `${queue}/${formatName(found.name)}`;
        if (found.node !== undefined || this.#looked.has(key)) continue;
        this.#looked.add(key);
        isNew = true;
        batch.push(this.#meet(found, key));
        if (batch.length < PARALLEL) continue;
        await allEnded(batch);
        batch = [];
        if (this.#tools.signal.aborted) return isNew;
      }
    await allEnded(batch);
    return isNew;
  }

  async #meet(found: Found, key: string): Promise<void> {
    if (!(await this.#look(found))) this.#looked.delete(key);
  }

  /** What runners have at work. */
  async busy(): Promise<Busy[]> {
    const found = this.#queues.flatMap((queue) => [
      ...entriesOf(this.#tools.spool, queue),
    ]);
    const busy: Busy[] = [];
    for (const one of found.flatMap((it) => (it.node ? standInsOf(it) : []))) {
      const { queue, name, node = "" } = one;
      if (this.#tools.signal.aborted) return busy;
      const weight = await this.#weigh(one);
      if (weight && weight.meant > 0)
        busy.push({ queue, entry: name.id, node, recipients: weight.meant });
    }
    return busy;
  }

  /** @returns false where a runner has taken it meanwhile */
  async #look(found: Found): Promise<boolean> {
    try {
      const standIns = standInsOf(found);
      if (standIns[0] !== found) return await this.#publish(found, standIns);
      const weight = await this.#weigh(found);
      if (!weight) return false;
      return weight.meant === 0 || (await this.#act({ ...found, weight }));
    } catch (error) {
      if (error instanceof Fenced) throw error;
      this.failed += 1;
      this.#tools.log(
        `${found.queue}/${found.name.id}`,
        `left alone: ${messageOf(error)}`,
      );
      return true;
    }
  }

  /** Goes on with what a dead node had committed. */
  async #publish(found: Found, children: readonly Found[]): Promise<boolean> {
    const isOurs = await claimed(this.#tools, found, async () => {});
    for (const { queue, name } of children) {
      const path = join(this.#tools.spool.waiting(queue), formatName(name));
      await this.#look({ queue, name, path, node: undefined });
    }
    return isOurs;
  }

  /** Undefined where the entry is gone. */
  async #weigh(found: Found): Promise<Weight | undefined> {
    const { queue, path, node } = found;
    const nobody = { meant: 0, others: 0 };
    if (!this.#queues.includes(queue)) return nobody;
    if (!hasRecipients(path)) return existsSync(path) ? nobody : undefined;
    const envelope = envelopeAt(path);
    // One that is at work, perhaps just now, is the runner's matter.
    if (!envelope && (node !== undefined || !hasRecipients(path)))
      return undefined;
    if (!envelope) throw new Error("its envelope cannot be read");
    const { list } = this.#choice;
    if (list !== undefined && envelope.list !== list) return nobody;
    try {
      mustHavePortion(found, envelope);
      const { tell } = this.#tools;
      return await weigh(path, envelope.portion, this.#choice, tell);
    } catch (error) {
      if (errnoOf(error) === "ENOENT" || node !== undefined) return undefined;
      throw error;
    }
  }
}

function envelopeAt(path: string): Envelope | undefined {
  const read = readEnvelope(path);
  return read.kind === "envelope" ? read.envelope : undefined;
}
