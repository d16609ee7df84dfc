/**
 * One turn of the mill: take an entry, look what state it is in, run its hooks, and move what
 * follows. A hook decides, this moves. Whatever dies at any line, the entry is found in a state
 * of the table in spool/README.md, and no message is lost or doubled between queues.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { chunks } from "../base/pieces.ts";
import {
  type Claim,
  Fenced,
  fencedOr,
  giveBack,
  inspect,
  keepEnvelope,
  lay,
  note,
  putBack,
  take,
} from "../spool/claim.ts";
import { type Child, Outbox, publish, remove } from "../spool/commit.ts";
import { replace } from "../spool/durable.ts";
import {
  type Envelope,
  type Event,
  readEnvelope,
  startOf,
  withEvent,
} from "../spool/envelope.ts";
import type { Node } from "../spool/lease.ts";
import { hasCrlf, withoutCrlf } from "../spool/lineends.ts";
import { birth, isQueueName } from "../spool/name.ts";
import { frontDoor, type Waiting } from "../spool/queue.ts";
import {
  type RestingQueue,
  restingQueues,
  type Spool,
} from "../spool/spool.ts";
import {
  type Again,
  childOf,
  following,
  followingSettled,
  subjectOf,
} from "./aftermath.ts";
import type { Report } from "./asker.ts";
import { delay, isDeadly, isSpent, type Retry, words } from "./backoff.ts";
import { settleDelivery } from "./delivery.ts";
import type { Limits } from "./forked.ts";
import type { Launchers } from "./launcher.ts";
import type { Pipelines } from "./layers.ts";
import { type End, Pass } from "./pass.ts";
import type { Content } from "./question.ts";
import { surrender } from "./surrender.ts";
import type { Trade } from "./trade.ts";

export interface Mill<C extends Content = Content> {
  readonly spool: Spool;
  readonly node: Node;
  readonly trade: Trade<C>;
  readonly pipelines: Pipelines;
  readonly launchers: Launchers;
  readonly limits: Limits;
  readonly retry: Retry;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Told of each hook that was asked. */
  readonly witness?: (report: Report) => void;
}

/**
 * Takes a waiting entry through its pipeline.
 * @returns the queues that got something; undefined where somebody else was faster
 */
export async function turn<C extends Content>(
  mill: Mill<C>,
  queue: string,
  waiting: Waiting,
): Promise<string[] | undefined> {
  const claim = take(mill.spool, queue, waiting, mill.node.name, mill.clock);
  if (!claim) return undefined;
  const say = (text: string) => mill.log(`${queue}/${claim.name.id}`, text);
  try {
    return await new Turn(mill, claim, say).go();
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
  readonly #say: (text: string) => void;

  constructor(mill: Mill<C>, claim: Claim, say: (text: string) => void) {
    this.#mill = mill;
    this.#claim = claim;
    this.#say = say;
  }

  async go(): Promise<string[]> {
    switch (inspect(this.#claim)) {
      case "empty":
        remove(this.#claim);
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
    return this.#fail(envelope, "there is no message in the entry");
  }

  async #whole(): Promise<string[]> {
    const path = join(this.#claim.path, "message");
    const read = readEnvelope(this.#claim.path);
    if (read.kind === "broken") {
      keepEnvelope(this.#claim);
      return this.#fail(this.#blank(), read.reason);
    }
    // Only at the front door does an MTA leave messages without one.
    if (read.kind === "missing" && this.#claim.queue !== frontDoor)
      return this.#fail(
        this.#blank(),
        "there is no envelope.json in the entry",
      );
    const { attempt } = this.#claim.name;
    if (isDeadly(this.#mill.retry, attempt)) {
      const envelope = read.kind === "envelope" ? read.envelope : this.#blank();
      return this.#fail(envelope, `given up: it came back ${attempt} times`);
    }
    if (read.kind === "missing" && hasCrlf(path))
      await replace(path, withoutCrlf(chunks([range(path)])));
    const message = await this.#mill.trade.open([range(path)]);
    if ("noMessage" in message) {
      const envelope = read.kind === "envelope" ? read.envelope : this.#blank();
      return this.#fail(envelope, message.noMessage);
    }
    const envelope =
      read.kind === "envelope" ? read.envelope : await this.#introduce(message);
    const pass = await this.#pass(message, envelope);
    return "end" in pass ? this.#settle(pass.pass, pass.end) : pass.queues;
  }

  /** A message that an MTA delivered gets its envelope. */
  async #introduce(message: C): Promise<Envelope> {
    const envelope = this.#mill.trade.introduce(
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
    );
    const pass = new Pass(this.#claim, envelope, message, place, {
      trade,
      pipelines,
      launchers: this.#mill.launchers,
      limits: this.#mill.limits,
      log: this.#mill.log,
      clock,
      signal: this.#mill.signal,
      witness: this.#mill.witness,
      holds: () => this.#mill.node.holds(),
    });
    const [problem] =
      pipeline.stages.length === 0 && pipeline.problems.length === 0
        ? [`hooks.d/${this.#claim.queue} has no hooks for it`]
        : pipeline.problems;
    const end: End = problem
      ? {
          kind: "later",
          where: this.#claim.queue,
          stage: this.#claim.queue,
          reason: problem,
        }
      : await pass.run(pipeline);
    if (!this.#mill.node.holds()) throw new Fenced(this.#claim.path);
    return { pass, end };
  }

  async #settle(pass: Pass<C>, end: End): Promise<string[]> {
    const { trade } = this.#mill;
    switch (end.kind) {
      case "done":
        return this.#done(pass);
      case "later":
        return pass.serving.begun
          ? this.#delivered(pass, `${end.where}: ${end.reason}`)
          : this.#later(pass, end.where, end.reason);
      case "hold":
        return this.#hold(pass, end);
      case "discard":
        this.#say(`discarded by ${end.where}: ${end.reason}`);
        return this.#commit(this.#settled(pass));
      case "reject": {
        const draft = await trade.refused(
          subjectOf(pass),
          end.reason,
          this.#now(),
        );
        const silence = draft ? "" : ", nobody is told";
        this.#say(
          `rejected by ${end.where}: ${end.reason} (from=<${pass.envelope.sender}>${silence})`,
        );
        const told = await Array.fromAsync(this.#settled(pass));
        if (draft) told.push(childOf(draft, this.#now()));
        return this.#commit(told);
      }
    }
  }

  async #done(pass: Pass<C>): Promise<string[]> {
    const { route } = pass;
    if (
      route !== undefined &&
      (!isQueueName(route) ||
        route === this.#claim.queue ||
        (restingQueues as readonly string[]).includes(route))
    )
      return this.#later(
        pass,
        this.#claim.queue,
        `it cannot be routed to "${route}"`,
      );
    if (pass.asksRoute && route === undefined && !pass.distribution.file)
      return this.#later(
        pass,
        this.#claim.queue,
        "no route hook named a queue for it",
      );
    if (!pass.serving.begun)
      return this.#commit(following(pass, this.#mill, this.#say));
    return this.#delivered(pass, "no deliver hook said what became of it");
  }

  /** @param silence why some recipients may have no outcome */
  async #delivered(pass: Pass<C>, silence: string): Promise<string[]> {
    const delivery = await settleDelivery(pass, this.#mill, this.#say, silence);
    this.#say(delivery.words);
    switch (delivery.kind) {
      case "finished":
        return this.#commit(delivery.children);
      case "interrupted":
        putBack(this.#mill.spool, this.#claim);
        return [];
      case "later":
        return this.#later(pass, this.#claim.queue, delivery.reason);
    }
  }

  async #hold(
    pass: Pass<C>,
    end: Extract<End, { stage: string }>,
  ): Promise<string[]> {
    this.#say(`held by ${end.where}: ${end.reason}`);
    const rest = { queue: this.#claim.queue, stage: end.stage };
    const event = this.#event(end.where, "held", end.reason);
    const envelope = withEvent({ ...pass.envelope, rest }, event);
    return this.#rest(pass, "held", envelope);
  }

  async #rest(
    pass: Pass<C>,
    queue: RestingQueue,
    envelope: Envelope,
  ): Promise<string[]> {
    const { name } = this.#claim;
    if (pass.hasSettled)
      return this.#commit(this.#settled(pass, { queue, name, envelope }));
    await pass.noteDone();
    await lay(this.#mill.spool, this.#claim, queue, envelope);
    return [queue];
  }

  /** What consumers left that are through, and the entry itself where it is not at its end. */
  #settled(pass: Pass<C>, again?: Again): AsyncIterable<Child> {
    return followingSettled(pass, this.#mill, this.#say, again);
  }

  async #later(
    pass: Pass<C>,
    where: string,
    reason: string,
  ): Promise<string[]> {
    const { attempt, id } = this.#claim.name;
    const age = this.#now() - startOf(pass.envelope, id);
    if (isSpent(this.#mill.retry, age)) {
      const why = `given up after ${attempt + 1} tries: ${where}: ${reason}`;
      return this.#rest(pass, "failed", this.#failed(pass.envelope, why));
    }
    const wait = delay(this.#mill.retry, attempt, Math.random());
    const due = Math.floor((this.#now() + wait) / 1000);
    this.#say(`waits ${words(wait)}: ${where}: ${reason}`);
    const event = this.#event(where, "later", reason);
    if (pass.hasSettled) {
      const { queue } = this.#claim;
      const name = { due, attempt: attempt + 1, id };
      const envelope = withEvent(pass.envelope, event);
      return this.#commit(this.#settled(pass, { queue, name, envelope }));
    }
    await pass.noteDone();
    const noted = withEvent(pass.envelope, event);
    await giveBack(this.#mill.spool, this.#claim, due, noted);
    return [];
  }

  async #fail(envelope: Envelope, reason: string): Promise<string[]> {
    const noted = this.#failed(envelope, reason);
    await lay(this.#mill.spool, this.#claim, "failed", noted);
    return ["failed"];
  }

  /** Says that the entry failed. @returns its envelope with that in it */
  #failed(envelope: Envelope, reason: string): Envelope {
    this.#say(`failed: ${reason}`);
    const rest = { queue: this.#claim.queue };
    const event = this.#event(this.#claim.queue, "failed", reason);
    return withEvent({ ...envelope, rest }, event);
  }

  /** Writes all children, a few at a time, and lets them go by the one rename. */
  async #commit(
    children: Iterable<Child> | AsyncIterable<Child>,
  ): Promise<string[]> {
    const outbox = new Outbox(this.#claim);
    let batch: Promise<void>[] = [];
    for await (const child of children) {
      batch.push(outbox.add(child));
      if (batch.length < PARALLEL) continue;
      await Promise.all(batch);
      batch = [];
    }
    await Promise.all(batch);
    if (!this.#mill.node.holds()) throw new Fenced(this.#claim.path);
    await outbox.commit();
    return publish(this.#mill.spool, this.#claim);
  }

  #blank(): Envelope {
    return {
      sender: "",
      recipient: "",
      origin: "unknown",
      received: new Date(birth(this.#claim.name.id)).toISOString(),
      history: [],
    };
  }

  #event(where: string, what: Event["what"], reason: string): Event {
    return { at: new Date(this.#now()).toISOString(), where, what, reason };
  }

  #now(): number {
    return this.#mill.clock.now();
  }
}

/** Children written at once: their syncs share the disk's journal. */
const PARALLEL = 8;

function range(path: string) {
  return { path, start: 0, end: statSync(path).size };
}
