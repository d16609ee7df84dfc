/**
 * What becomes of an entry when its way has ended: what follows is committed, or the entry waits,
 * rests, or is gone. Each way is one rename.
 */
import {
  type Claim,
  carryOn,
  giveBack,
  lay,
  mustHold,
  note,
  passOn,
  putBack,
} from "../spool/claim.ts";
import { type Child, supersede } from "../spool/commit.ts";
import {
  type Envelope,
  type Event,
  startOf,
  withEvent,
} from "../spool/envelope.ts";
import { freshName, secondOf } from "../spool/name.ts";
import type { RestingQueue } from "../spool/spool.ts";
import {
  type Again,
  childOf,
  following,
  followingSettled,
  misrouted,
  onward,
  routedTo,
  subjectOf,
} from "./aftermath.ts";
import { delay, isSpent, words } from "./backoff.ts";
import { settleDelivery } from "./delivery.ts";
import type { End } from "./end.ts";
import type { Mill } from "./mill.ts";
import type { Pass } from "./pass.ts";
import type { Content } from "./question.ts";
import { cutUp, type Long } from "./split.ts";

export class Settlement<C extends Content> {
  readonly #mill: Mill<C>;
  readonly #claim: Claim;
  readonly #say: (text: string) => void;

  constructor(mill: Mill<C>, claim: Claim, say: (text: string) => void) {
    this.#mill = mill;
    this.#claim = claim;
    this.#say = say;
  }

  /** @returns the queues that got something, or the entry as this node goes on with it at once */
  async settle(pass: Pass<C>, end: End): Promise<string[] | Claim> {
    const { trade } = this.#mill;
    switch (end.kind) {
      case "done":
        return this.#done(pass);
      case "later":
        if (end.until !== undefined) return this.#away(pass, end, end.until);
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
        const isSilent = "silence" in draft;
        const silence = isSilent ? `, nobody is told: ${draft.silence}` : "";
        this.#say(
          `rejected by ${end.where}: ${end.reason} (from=<${pass.envelope.sender}>${silence})`,
        );
        const told = await Array.fromAsync(this.#settled(pass));
        if (!isSilent) told.push(childOf(draft, this.#now()));
        return this.#commit([...told, ...this.#befallen(pass, "reject", end)]);
      }
    }
  }

  async #done(pass: Pass<C>): Promise<string[] | Claim> {
    const trouble = misrouted(pass);
    if (trouble !== undefined)
      return this.#later(pass, this.#claim.queue, trouble);
    if (!pass.serving.begun) {
      const queue = onward(pass);
      if (queue !== undefined) return this.#passOn(pass, queue);
      return this.#commit(following(pass, this.#mill, this.#say));
    }
    return this.#delivered(pass, "no deliver hook said what became of it");
  }

  /** Nothing follows but the message itself, in another queue. */
  #passOn(pass: Pass<C>, queue: string): string[] | Claim {
    mustHold(this.#mill.node, this.#claim);
    this.#say(routedTo(queue, pass.envelope));
    const name = freshName(this.#now());
    const { spool, node, signal, runs, atWork } = this.#mill;
    const giveUp = signal.aborted ? undefined : runs?.(queue);
    if (giveUp)
      try {
        const next = carryOn(spool, this.#claim, queue, name, node.name);
        atWork.add(next.path);
        return next;
      } catch (error) {
        giveUp();
        throw error;
      }
    passOn(spool, this.#claim, queue, name);
    return [queue];
  }

  /** @param silence why some recipients may have no outcome */
  async #delivered(pass: Pass<C>, silence: string): Promise<string[]> {
    const delivery = await settleDelivery(pass, this.#mill, this.#say, silence);
    this.#say(delivery.words);
    switch (delivery.kind) {
      case "finished":
        return this.#commit(delivery.children);
      case "interrupted":
        putBack(this.#mill.spool, this.#claim, this.#claim.name.due);
        return [];
      case "untried":
        await pass.serving.noteLater(delivery.waiting);
        putBack(this.#mill.spool, this.#claim, delivery.due);
        return [];
      case "later":
        await pass.serving.noteLater(delivery.waiting);
        return this.#wait(pass, this.#claim.queue, delivery.reason);
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
    const told = end.quiet
      ? undefined
      : await this.#mill.trade.held(subjectOf(pass), end, this.#now());
    const others = this.#befallen(pass, "hold", end);
    if (!told && others.length === 0) return this.#rest(pass, "held", envelope);
    const { name } = this.#claim;
    const again = { queue: "held", name, envelope };
    const children = await Array.fromAsync(this.#settled(pass, again));
    if (told) children.push(childOf(told, this.#now(), pass.original));
    return this.#commit([...children, ...others]);
  }

  /** What tells programs of it. */
  #befallen(
    pass: Pass<C>,
    kind: "hold" | "reject",
    { where, reason }: Extract<End, { stage: string }>,
  ): Child[] {
    const now = this.#now();
    const { trade } = this.#mill;
    return trade
      .befallen(subjectOf(pass), { kind, where, reason }, now)
      .map((draft) => childOf(draft, now));
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
    return this.#wait(pass, where, reason);
  }

  /** What takes it is away, which says nothing of the entry: nothing was tried. */
  async #away(
    pass: Pass<C>,
    { where, reason }: { where: string; reason: string },
    until: number,
  ): Promise<string[]> {
    const { spool } = this.#mill;
    const { queue, name } = this.#claim;
    const age = this.#now() - startOf(pass.envelope, name.id);
    if (isSpent(this.#mill.retry, age)) return this.#later(pass, where, reason);
    this.#mill.close?.(queue, until);
    this.#say(`waits: ${where} is away: ${reason}`);
    const due = Math.max(secondOf(until), name.due);
    const event = this.#event(where, "later", reason);
    const envelope = withEvent(pass.envelope, event);
    if (pass.hasSettled) {
      const again = { queue, name: { ...name, due }, envelope };
      return this.#commit(this.#settled(pass, again));
    }
    await pass.noteDone();
    await note(this.#claim, envelope);
    putBack(spool, this.#claim, due);
    return [];
  }

  async #wait(pass: Pass<C>, where: string, reason: string): Promise<string[]> {
    const { attempt } = this.#claim.name;
    const wait = delay(this.#mill.retry, attempt, Math.random());
    const due = secondOf(this.#now() + wait);
    this.#say(`waits ${words(wait)}: ${where}: ${reason}`);
    const event = this.#event(where, "later", reason);
    if (pass.hasSettled) {
      const { queue } = this.#claim;
      const name = { ...this.#claim.name, due, attempt: attempt + 1 };
      const envelope = withEvent(pass.envelope, event);
      return this.#commit(this.#settled(pass, { queue, name, envelope }));
    }
    await pass.noteDone();
    const noted = withEvent(pass.envelope, event);
    await giveBack(this.#mill.spool, this.#claim, due, noted);
    return [];
  }

  /** Lays an entry that cannot be worked on into `failed/`. @returns the queues that got something */
  async fail(envelope: Envelope, reason: string): Promise<string[]> {
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

  /** The entries of a part of its list each take its place: see cutUp. */
  async cutUp(envelope: Long): Promise<string[]> {
    const { portion } = this.#mill;
    this.#say(
      `cut into entries of ${portion}: ${envelope.portion.count} recipients`,
    );
    return this.#commit(cutUp(this.#claim, envelope, portion, this.#now()));
  }

  #commit(children: Iterable<Child> | AsyncIterable<Child>): Promise<string[]> {
    const { spool, node } = this.#mill;
    return supersede(spool, node, this.#claim, children);
  }

  #event(where: string, what: Event["what"], reason: string): Event {
    return { at: new Date(this.#now()).toISOString(), where, what, reason };
  }

  #now(): number {
    return this.#mill.clock.now();
  }
}
