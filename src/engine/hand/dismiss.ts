/**
 * Some recipients are dropped: they are not served, and nobody is told. It is noted as what became of
 * them, and in the envelope's history; of a list that is still to be cut they are left out. An entry
 * without anybody left ends.
 */
import { failpoint } from "../../base/failpoint.ts";
import { type Claim, mustHold, note, putBack } from "../../spool/claim.ts";
import { finish, supersede } from "../../spool/commit.ts";
import { type Envelope, withEvent } from "../../spool/envelope.ts";
import { secondOf } from "../../spool/name.ts";
import { Progress } from "../../spool/progress.ts";
import { isResting } from "../../spool/spool.ts";
import { formatNotes, type Note } from "../notes.ts";
import { isToBeCut, type Long } from "../split.ts";
import type { Choice } from "./choice.ts";
import { claimed, type Tools } from "./hold.ts";
import { type Placed, sidesOf, siftedPart } from "./parts.ts";
import { type Left, walk } from "./walk.ts";

export interface Dismissed extends Left {
  /** Recipients that are dropped, and in how many entries. */
  readonly recipients: number;
  readonly entries: number;
  /** Entries that ended, for nobody was left. */
  readonly ended: number;
}

/** Runners give entries back while others are looked at; beyond this many looks somebody is always late. */
const ROUNDS = 20;

export async function dismiss(
  tools: Tools,
  choice: Choice,
  queues: readonly string[],
): Promise<Dismissed> {
  const hand = new Dismissing(tools, choice);
  const left = await walk(tools, choice, queues, ROUNDS, (meant) =>
    claimed(tools, meant, (claim, envelope) => hand.take(claim, envelope)),
  );
  const { recipients, entries, ended } = hand;
  return { recipients, entries, ended, ...left };
}

class Dismissing {
  recipients = 0;
  entries = 0;
  ended = 0;
  readonly #tools: Tools;
  readonly #choice: Choice;

  constructor(tools: Tools, choice: Choice) {
    this.#tools = tools;
    this.#choice = choice;
  }

  async take(claim: Claim, envelope: Envelope): Promise<void> {
    if (isToBeCut(claim, envelope, this.#tools.portion))
      await this.#sift(claim, envelope);
    else await this.#note(claim, envelope);
  }

  async #note(claim: Claim, envelope: Envelope): Promise<void> {
    const { spool, node, clock } = this.#tools;
    const { name } = claim;
    const { meant, others, unreported } = sidesOf(
      claim,
      envelope,
      this.#choice,
    );
    mustHold(node, claim);
    if (meant.length === 0) return putBack(spool, claim, name.due);
    if (others.length + unreported.length === 0) {
      finish(spool, claim);
      return this.#told(claim, meant.length, true);
    }
    await append(claim, meant);
    failpoint("drop-noted");
    mustHold(node, claim);
    await note(claim, this.#noted(envelope, meant.length));
    mustHold(node, claim);
    // A runner ends it, and reports who failed before. Where there is none, it rests.
    const isOver = others.length === 0 && !isResting(claim.queue);
    const now = secondOf(clock.now());
    putBack(spool, claim, isOver ? Math.min(name.due, now) : name.due);
    spool.ring(claim.queue);
    this.#told(claim, meant.length, isOver);
  }

  async #sift(claim: Claim, envelope: Long): Promise<void> {
    const { count, others, part } = await siftedPart(
      claim,
      envelope,
      claim.name,
      (address) => !this.#choice.has(address),
    );
    const noted = this.#noted(part.envelope, others);
    const children = count === 0 ? [] : [{ ...part, envelope: noted }];
    const { spool, node } = this.#tools;
    await supersede(spool, node, claim, children);
    this.#told(claim, others, count === 0);
  }

  /** One event for one after the other: what befell it before is not to fall off. */
  #noted(envelope: Envelope, recipients: number): Envelope {
    const last = envelope.history.at(-1);
    const isSame = last?.what === "dropped";
    const words = this.#choice.words(recipients);
    const history = isSame ? envelope.history.slice(0, -1) : envelope.history;
    return withEvent(
      { ...envelope, history },
      {
        at: new Date(this.#tools.clock.now()).toISOString(),
        where: "operator",
        what: "dropped",
        reason: isSame ? `${last.reason}, ${words}` : words,
      },
    );
  }

  #told({ queue, name }: Claim, recipients: number, isOver: boolean): void {
    this.recipients += recipients;
    this.entries += 1;
    if (isOver) this.ended += 1;
    const words = this.#choice.words(recipients);
    this.#tools.log(
      `${queue}/${name.id}`,
      `dropped ${words}${isOver ? ", nobody is left" : ""}`,
    );
  }
}

async function append(claim: Claim, meant: readonly Placed[]): Promise<void> {
  const notes = meant.map(({ place }): Note => {
    return { place, kind: "dropped", reply: "by a person" };
  });
  const progress = new Progress(claim);
  try {
    await progress.append(formatNotes(notes));
  } finally {
    progress.close();
  }
}
