/**
 * Some recipients are due now. An entry in which only they wait is, by one rename; one in which others
 * wait too is divided by a commit, and the others keep their time.
 */
import { exit, Failure } from "../../base/errors.ts";
import { type Claim, putBack } from "../../spool/claim.ts";
import { type Child, supersede } from "../../spool/commit.ts";
import type { Envelope } from "../../spool/envelope.ts";
import { type Name, secondOf, successor } from "../../spool/name.ts";
import { retry } from "../../spool/operator.ts";
import { progressOf } from "../../spool/progress.ts";
import { isNote } from "../notes.ts";
import { partOf } from "../remainder.ts";
import { isToBeCut, type Long } from "../split.ts";
import type { Choice } from "./choice.ts";
import { claimed, type Tools } from "./hold.ts";
import { sidesOf, siftedPart } from "./parts.ts";
import { type Left, type Meant, walk } from "./walk.ts";

export interface Hastened extends Left {
  /** Recipients that are due now, and in how many entries. */
  readonly recipients: number;
  readonly entries: number;
  /** Entries that were divided for it. */
  readonly divided: number;
}

export async function hasten(
  tools: Tools,
  choice: Choice,
  queue: string,
): Promise<Hastened> {
  const hand = new Hastening(tools, choice);
  // What comes back from a runner meanwhile was tried just now.
  const left = await walk(tools, choice, [queue], 1, (meant) =>
    hand.take(meant),
  );
  const { recipients, entries, divided } = hand;
  return { recipients, entries, divided, ...left };
}

class Hastening {
  recipients = 0;
  entries = 0;
  divided = 0;
  readonly #tools: Tools;
  readonly #choice: Choice;

  constructor(tools: Tools, choice: Choice) {
    this.#tools = tools;
    this.#choice = choice;
  }

  async take(meant: Meant): Promise<boolean> {
    const { name, weight } = meant;
    if (name.due > this.#now())
      return weight.others === 0
        ? this.#whole(meant)
        : claimed(this.#tools, meant, (claim, envelope) =>
            this.#divide(claim, envelope),
          );
    this.#count(weight.meant);
    return true;
  }

  async #whole(meant: Meant): Promise<boolean> {
    const { spool, clock } = this.#tools;
    try {
      await retry(spool, meant, clock.now());
      this.#count(meant.weight.meant);
      return true;
    } catch (error) {
      if (error instanceof Failure && error.exitCode === exit.tryLater)
        return false;
      throw error;
    }
  }

  async #divide(claim: Claim, envelope: Envelope): Promise<void> {
    const { spool, node, portion, log } = this.#tools;
    const now = this.#now();
    const { parts, meant, others } = isToBeCut(claim, envelope, portion)
      ? await this.#sifted(claim, envelope)
      : this.#parted(claim, envelope);
    // Since it was looked at, a runner may have had it.
    if (meant === 0 || others === 0) {
      putBack(spool, claim, meant === 0 ? claim.name.due : now);
      spool.ring(claim.queue);
    } else {
      await supersede(spool, node, claim, parts);
      this.divided += 1;
      const words = this.#choice.words(meant);
      log(
        `${claim.queue}/${claim.name.id}`,
        `divided: ${words} due now, the others (${others}) wait on`,
      );
    }
    if (meant > 0) this.#count(meant);
  }

  #parted(claim: Claim, envelope: Envelope): Divided {
    const sides = sidesOf(claim, envelope, this.#choice);
    const rest = [...sides.others, ...sides.unreported].sort(
      (a, b) => a.place - b.place,
    );
    const { name, path } = claim;
    const done = progressOf(path).filter((line) => !isNote(line));
    return {
      parts: [
        partOf(claim, envelope, this.#dueNow(name), sides.meant, done),
        partOf(claim, envelope, name, rest, done),
      ],
      meant: sides.meant.length,
      others: sides.others.length,
    };
  }

  async #sifted(claim: Claim, envelope: Long): Promise<Divided> {
    const sift = (name: Name, isMeant: boolean) =>
      siftedPart(
        claim,
        envelope,
        name,
        (address) => this.#choice.has(address) === isMeant,
      );
    const meant = await sift(this.#dueNow(claim.name), true);
    const rest = await sift(claim.name, false);
    return {
      parts: [meant.part, rest.part],
      meant: meant.count,
      others: rest.count,
    };
  }

  #count(recipients: number): void {
    this.recipients += recipients;
    this.entries += 1;
  }

  #dueNow(name: Name): Name {
    return successor({ ...name, due: this.#now() });
  }

  /** In seconds. */
  #now(): number {
    return secondOf(this.#tools.clock.now());
  }
}

interface Divided {
  readonly parts: readonly Child[];
  readonly meant: number;
  readonly others: number;
}
