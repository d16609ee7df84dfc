/**
 * What a node of the model does: the engine's turn without its hooks, which are one line of a
 * scenario here. What it does after an error is what the engine does (`src/engine/turn.ts`,
 * `surrender.ts`): dropped where it is fenced, else back to the queue.
 */
import type { Claim } from "../../src/spool/claim.ts";
import type { Child } from "../../src/spool/commit.ts";
import type { Envelope } from "../../src/spool/envelope.ts";
import type { Node } from "../../src/spool/lease.ts";
import type { Name } from "../../src/spool/name.ts";
import type { Waiting } from "../../src/spool/queue.ts";
import type { SpoolCode } from "./load.ts";
import { ask, type Outcome, type Program, random } from "./replay.ts";

/** What the hooks of a queue say. */
export type Verdict =
  | { readonly kind: "split"; readonly children: readonly Draft[] }
  | { readonly kind: "pass" | "carry"; readonly queue: string }
  | { readonly kind: "later"; readonly noted: boolean }
  | { readonly kind: "rest" };

/** A child with a text of its own, or with its parent's. */
export interface Draft {
  readonly queue: string;
  readonly text?: string;
}

/** By queue; a queue that is not there is not run. */
export type Hooks = Readonly<
  Record<string, (who: string, attempt: number) => Verdict>
>;

/** 2026-01-01, in seconds. */
export const now = 1_767_225_600;
const clock = { now: () => now * 1000 };

export const envelope: Envelope = {
  sender: "",
  recipient: "",
  origin: "mta",
  received: "",
  history: [],
};

export interface Work {
  /** Whether it looks after dead nodes first. */
  readonly takesOver?: boolean;
  /** Whether it removes what was cut short. */
  readonly sweeps?: boolean;
  /** Whether hooks leave something in `work/`. */
  readonly leavesWork?: boolean;
  /** What it saw before anything happened, and takes; without that it looks, until nothing waits. */
  readonly knows?: Sight;
}

/** Something that was seen waiting. */
export interface Sight {
  readonly queue: string;
  readonly waiting: Waiting;
}

/** A runner of queues: each round is one turn, and remembers nothing of the last. */
export function runner(
  code: SpoolCode,
  hooks: Hooks,
  work: Work = {},
): Program {
  return (who) => new Runner(code, hooks, work, who).round();
}

class Runner {
  readonly #code: SpoolCode;
  readonly #hooks: Hooks;
  readonly #work: Work;
  readonly #who: string;
  readonly #spool: InstanceType<SpoolCode["Spool"]>;
  readonly #node: Node;
  readonly #words: string[] = [];

  constructor(code: SpoolCode, hooks: Hooks, work: Work, who: string) {
    this.#code = code;
    this.#hooks = hooks;
    this.#work = work;
    this.#who = who;
    this.#spool = new code.Spool("/spool");
    this.#node = {
      name: who,
      holds: () => ask("holds") as boolean,
      serverTime: () => 0,
      isDead: async (name) => ask("isDead", name) as boolean,
      leave: async () => {},
    };
  }

  async round(): Promise<Outcome> {
    const { takesOver, sweeps, knows } = this.#work;
    const code = this.#code;
    let busy = false;
    try {
      if (takesOver) await this.#cleanUp();
      if (sweeps) code.sweepDrafts(this.#spool, this.#node, () => {});
      const found = knows ?? this.#look();
      if (found && this.#node.holds()) {
        busy = true;
        await this.#turn(found.queue, found.waiting);
      }
    } catch (error) {
      this.#words.push(String(error));
    }
    return { again: busy && !knows, words: this.#words };
  }

  async #cleanUp(): Promise<void> {
    const code = this.#code;
    const now = clock.now();
    for (const queue of Object.keys(this.#hooks))
      code.giveBackAll(this.#spool, this.#who, queue, now, () => {});
    await code.takeOver(this.#spool, this.#node, now, () => {});
  }

  #look(): Sight | undefined {
    for (const queue of Object.keys(this.#hooks)) {
      const late = Number.POSITIVE_INFINITY;
      const spool = this.#spool;
      const found = this.#code.glance({ spool, queue, now: late, most: 1 });
      const [waiting] = found?.due ?? [];
      if (waiting) return { queue, waiting };
    }
    return undefined;
  }

  async #turn(queue: string, waiting: Waiting): Promise<void> {
    let going: Claim | undefined = this.#code.take(
      this.#spool,
      queue,
      waiting,
      this.#who,
      clock,
    );
    while (going) going = await this.#step(going);
  }

  async #step(claim: Claim): Promise<Claim | undefined> {
    const { Fenced, fencedOr, giveBack } = this.#code;
    try {
      return await this.#go(claim);
    } catch (thrown) {
      const error = fencedOr(thrown, claim);
      if (error instanceof Fenced) return undefined;
      this.#words.push(String(error));
    }
    try {
      await giveBack(this.#spool, claim, now, envelope).catch(async (error) => {
        if (error instanceof Fenced) throw error;
        await giveBack(this.#spool, claim, now);
      });
    } catch (error) {
      if (!(error instanceof Fenced)) this.#words.push(String(error));
    }
    return undefined;
  }

  async #go(claim: Claim): Promise<Claim | undefined> {
    const code = this.#code;
    const state = code.inspect(claim);
    if (state === "empty") code.remove(this.#spool, claim);
    else if (state === "committed") await code.publish(this.#spool, claim);
    else if (state === "strange") throw new Error("strange");
    else return this.#settle(claim);
    return undefined;
  }

  async #settle(claim: Claim): Promise<Claim | undefined> {
    const code = this.#code;
    const spool = this.#spool;
    if (this.#work.leavesWork) code.workOf(claim);
    const decide = this.#hooks[claim.queue];
    // Where a turn goes on in a queue that has no hooks, it waits there.
    const verdict: Verdict = decide
      ? decide(this.#who, claim.name.attempt)
      : { kind: "later", noted: false };
    switch (verdict.kind) {
      case "split":
        await code.supersede(
          spool,
          this.#node,
          claim,
          verdict.children.map((draft) => this.#child(claim, draft)),
        );
        return undefined;
      case "pass":
        code.mustHold(this.#node, claim);
        code.passOn(spool, claim, verdict.queue, freshName());
        return undefined;
      case "carry":
        code.mustHold(this.#node, claim);
        return code.carryOn(
          spool,
          claim,
          verdict.queue,
          freshName(),
          this.#who,
        );
      case "later":
        code.mustHold(this.#node, claim);
        if (verdict.noted) await code.giveBack(spool, claim, now, envelope);
        else code.putBack(spool, claim, now);
        return undefined;
      case "rest":
        code.mustHold(this.#node, claim);
        await code.lay(spool, claim, "failed", {
          ...envelope,
          rest: { queue: claim.queue },
        });
        return undefined;
    }
  }

  #child({ path }: Claim, { queue, text }: Draft): Child {
    const message =
      text === undefined ? `${path}/message` : [Buffer.from(text)];
    return { queue, name: freshName(), envelope, message };
  }
}

/** An id of its own, without the engine's way to make one. */
function freshName(): Name {
  return named(random());
}

/** The name of an entry in which this text stands. */
export function named(text: string): Name {
  return { due: now, attempt: 0, id: `000000000-${text.padStart(12, "0")}` };
}

/** Somebody who brings a message. */
export function bringer(code: SpoolCode, queue: string, text: string): Program {
  return async () => {
    const spool = new code.Spool("/spool");
    const name = freshName();
    const message = [Buffer.from(text)];
    try {
      await code.enqueue(spool, { queue, name, envelope, message });
      return { again: false, words: ["taken"] };
    } catch (error) {
      return { again: false, words: [`refused: ${error}`] };
    }
  };
}

/** A person who does something to a waiting entry. */
export function person(
  code: SpoolCode,
  { queue, waiting }: Sight,
  act: "drop" | "hold" | "release" | "retry",
): Program {
  return async () => {
    const spool = new code.Spool("/spool");
    const { name } = waiting;
    if (!name) throw new Error("not an entry");
    const path = `${spool.waiting(queue)}/${code.formatName(name)}`;
    try {
      await code[act](
        spool,
        { queue, name, path, node: undefined },
        now * 1000,
      );
    } catch (error) {
      return { again: false, words: [String(error)] };
    }
    return { again: false, words: [] };
  };
}
