/**
 * One turn of the mill: take an entry, look what state it is in, run its hooks, and move what
 * follows. A hook decides, this moves. Whatever dies at any line, the entry is found in a state
 * of the table in spool/README.md, and no message is lost or doubled between queues.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../base/errors.ts";
import { chunks } from "../base/pieces.ts";
import {
  type Claim,
  Fenced,
  fencedOr,
  inspect,
  keepEnvelope,
  mustHold,
  note,
  take,
} from "../spool/claim.ts";
import { publish, remove } from "../spool/commit.ts";
import { replace } from "../spool/durable.ts";
import {
  blankEnvelope,
  type Envelope,
  readEnvelope,
  UNKNOWN,
} from "../spool/envelope.ts";
import { hasCrlf, withoutCrlf } from "../spool/lineends.ts";
import { frontDoor, type Waiting } from "../spool/queue.ts";
import { isDeadly } from "./backoff.ts";
import type { End } from "./end.ts";
import { obstacleIn } from "./layers.ts";
import type { Mill } from "./mill.ts";
import { Pass } from "./pass.ts";
import type { Content } from "./question.ts";
import { Settlement } from "./settle.ts";
import { isToBeCut } from "./split.ts";
import { surrender } from "./surrender.ts";

/** How a runner comes to a turn. */
export interface Going {
  /** Told each queue that it goes on in. */
  moved?(queue: string): void;
  /** When the entry was there at the latest, as `performance.now()` counts; now, where it is not given. */
  readonly since?: number;
}

/**
 * Takes a waiting entry through its pipeline.
 * @returns the queues that got something; undefined where somebody else was faster
 */
export async function turn<C extends Content>(
  mill: Mill<C>,
  queue: string,
  waiting: Waiting,
  { moved, since }: Going = {},
): Promise<string[] | undefined> {
  const claim = take(mill.spool, queue, waiting, mill.node.name, mill.clock);
  if (!claim) return undefined;
  let going: string[] | Claim = claim;
  while ("path" in going) {
    const { path } = going;
    if (going !== claim) moved?.(going.queue);
    mill.atWork.add(path);
    try {
      going = await step(mill, going, since);
    } finally {
      mill.atWork.delete(path);
    }
  }
  return going;
}

/** @returns the queues that got something, or the entry in the next queue */
async function step<C extends Content>(
  mill: Mill<C>,
  claim: Claim,
  since: number | undefined,
): Promise<string[] | Claim> {
  const say = (text: string) =>
    mill.log(`${claim.queue}/${claim.name.id}`, text);
  try {
    return await new Turn(mill, claim, since, say).go();
  } catch (thrown) {
    const error = fencedOr(thrown, claim);
    if (error instanceof Fenced) {
      say(`dropped: ${error.message}`);
      return [];
    }
    return await surrender(mill, claim, messageOf(error), say);
  }
}

class Turn<C extends Content> {
  readonly #mill: Mill<C>;
  readonly #claim: Claim;
  readonly #since: number | undefined;
  readonly #settlement: Settlement<C>;

  constructor(
    mill: Mill<C>,
    claim: Claim,
    since: number | undefined,
    say: (text: string) => void,
  ) {
    this.#mill = mill;
    this.#claim = claim;
    this.#since = since;
    this.#settlement = new Settlement(mill, claim, say);
  }

  async go(): Promise<string[] | Claim> {
    switch (inspect(this.#claim)) {
      case "empty":
        remove(this.#mill.spool, this.#claim);
        return [];
      case "committed":
        return publish(this.#mill.spool, this.#claim);
      case "strange":
        return this.#strange();
      case "whole":
        return this.#whole();
    }
  }

  async #strange(): Promise<string[]> {
    const read = readEnvelope(this.#claim.path);
    if (read.kind === "broken") keepEnvelope(this.#claim);
    const envelope = read.kind === "envelope" ? read.envelope : this.#blank();
    return this.#settlement.fail(envelope, "there is no message in the entry");
  }

  async #whole(): Promise<string[] | Claim> {
    const path = join(this.#claim.path, "message");
    const read = readEnvelope(this.#claim.path);
    if (read.kind === "broken") {
      keepEnvelope(this.#claim);
      return this.#settlement.fail(this.#blank(), read.reason);
    }
    // Only at the front door does an MTA leave messages without one.
    if (read.kind === "missing" && this.#claim.queue !== frontDoor)
      return this.#settlement.fail(
        this.#blank(),
        "there is no envelope.json in the entry",
      );
    // It was being laid aside, without its own, when that was cut short.
    if (read.kind === "envelope" && read.envelope.origin === UNKNOWN)
      return this.#settlement.fail(read.envelope, "its envelope was lost");
    const { attempt } = this.#claim.name;
    if (isDeadly(this.#mill.retry, attempt)) {
      const envelope = read.kind === "envelope" ? read.envelope : this.#blank();
      return this.#settlement.fail(
        envelope,
        `given up: it came back ${attempt} times`,
      );
    }
    if (
      read.kind === "envelope" &&
      isToBeCut(this.#claim, read.envelope, this.#mill.portion)
    )
      return this.#settlement.cutUp(read.envelope);
    if (read.kind === "missing" && hasCrlf(path))
      await replace(path, withoutCrlf(chunks([range(path)])));
    const message = await this.#mill.trade.open([range(path)]);
    if ("noMessage" in message) {
      const envelope = read.kind === "envelope" ? read.envelope : this.#blank();
      return this.#settlement.fail(envelope, message.noMessage);
    }
    const envelope =
      read.kind === "envelope" ? read.envelope : await this.#introduce(message);
    const pass = await this.#pass(message, envelope);
    return "end" in pass
      ? this.#settlement.settle(pass.pass, pass.end)
      : pass.queues;
  }

  /** A message that an MTA delivered gets its envelope. */
  async #introduce(message: C): Promise<Envelope> {
    const envelope = await this.#mill.trade.introduce(
      message,
      this.#mill.clock.now(),
    );
    await note(this.#claim, envelope);
    return envelope;
  }

  async #pass(
    message: C,
    envelope: Envelope,
  ): Promise<{ pass: Pass<C>; end: End } | { queues: string[] }> {
    const { trade, pipelines, clock } = this.#mill;
    const place = trade.place(envelope);
    const pipeline = pipelines.get(
      this.#claim.queue,
      place.layers,
      clock.now(),
      this.#since,
    );
    const pass = new Pass(this.#claim, envelope, message, place, {
      trade,
      pipelines,
      launchers: this.#mill.launchers,
      servers: this.#mill.servers,
      limits: this.#mill.limits,
      log: this.#mill.log,
      clock,
      signal: this.#mill.signal,
      witness: this.#mill.witness,
      holds: () => this.#mill.node.holds(),
    });
    const problem = obstacleIn(pipeline);
    const end: End = problem
      ? {
          kind: "later",
          where: this.#claim.queue,
          stage: this.#claim.queue,
          reason: problem,
        }
      : await pass.run(pipeline);
    mustHold(this.#mill.node, this.#claim);
    return { pass, end };
  }

  #blank(): Envelope {
    return blankEnvelope(this.#claim.name.id);
  }
}

function range(path: string) {
  return { path, start: 0, end: statSync(path).size };
}
