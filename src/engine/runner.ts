/**
 * A runner: takes what is due from its queues, a few entries at once, until it is told to stop.
 * SIGKILL at any moment loses nothing; a stop finishes what is claimed.
 */
import { messageOf } from "../base/errors.ts";
import { HOUR } from "../base/units.ts";
import { nameOf, type Waiting } from "../spool/queue.ts";
import {
  giveBackAll,
  leaveFolders,
  sweepDrafts,
  takeOver,
} from "../spool/sweep.ts";
import { type Chosen, Line } from "./line.ts";
import type { Mill } from "./mill.ts";
import type { Content } from "./question.ts";
import { turn } from "./turn.ts";
import { type Watch, watch } from "./watch.ts";

export interface Orders {
  readonly queues: readonly string[];
  /** Asked at each scan for queues to run as well: someone may make one meanwhile. */
  more?(): readonly string[];
  /** Entries of a queue at once. */
  readonly jobs: number;
  /** Another number for some queues. */
  readonly jobsOf?: (queue: string) => number | undefined;
  /** Milliseconds between two scans. */
  readonly scan: number;
  /** Stop when nothing is due any more. */
  readonly untilEmpty: boolean;
  /** Only entries of these lists; all without it. The front door is for all. */
  readonly lists?: Chosen;
}

export class Runner<C extends Content> {
  readonly #mill: Mill<C>;
  readonly #orders: Orders;
  readonly #lines = new Map<string, Line>();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #ending = new AbortController();
  #watch: Watch | undefined;
  #stopping = false;
  #turns = 0;
  /** The turns after which all queues were looked at last, to see whether nothing is due. */
  #looked = 0;

  constructor(mill: Mill<C>, orders: Orders) {
    this.#mill = { ...mill, runs: (queue) => this.#goesOnIn(queue) };
    this.#orders = orders;
  }

  /** Runs until the mill's signal is aborted or, if so ordered, nothing is due. Returns the turns made. */
  async run(): Promise<number> {
    const { spool, signal } = this.#mill;
    for (const queue of this.#orders.queues) this.#open(queue);
    await this.#cleanUp();
    this.#sweep();
    if (!this.#orders.untilEmpty)
      this.#watch = watch(spool, this.#orders.queues, (queue) =>
        this.#hear(queue),
      );
    const scans = setInterval(() => this.#scanAll(), this.#orders.scan);
    const sweeps = setInterval(() => this.#sweep(), HOUR);
    const stop = () => this.#stop();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    for (const queue of this.#lines.keys()) this.#pump(queue);
    await this.#stopped.promise;
    this.#ending.abort();
    signal.removeEventListener("abort", stop);
    clearInterval(scans);
    clearInterval(sweeps);
    await this.#watch?.close();
    leaveFolders(spool, this.#mill.node.name);
    return this.#turns;
  }

  /** Nothing overtakes what waits there; and which lists are its own is looked at where it is taken. */
  #goesOnIn(queue: string): (() => void) | undefined {
    const line = this.#lines.get(queue);
    if (!line || this.#orders.lists || this.#stopping) return undefined;
    if (!line.isFree) return undefined;
    line.active += 1;
    return () => {
      line.active -= 1;
    };
  }

  #sweep(): void {
    const { spool, node, log } = this.#mill;
    try {
      sweepDrafts(spool, node, log);
    } catch (error) {
      log(node.name, `cannot remove old drafts: ${messageOf(error)}`);
    }
  }

  #open(queue: string): void {
    this.#mill.spool.make(queue);
    const { jobs, jobsOf, lists, scan } = this.#orders;
    const line = new Line(queue, jobsOf?.(queue) ?? jobs, {
      mill: this.#mill,
      lists,
      scan,
      signal: this.#ending.signal,
      onMore: () => this.#pump(queue),
    });
    this.#lines.set(queue, line);
  }

  #stop(): void {
    this.#stopping = true;
    this.#settle();
  }

  #hear(queue: string): void {
    const line = this.#lines.get(queue);
    if (!line) return;
    line.hear();
    this.#pump(queue);
  }

  #scanAll(): void {
    void this.#cleanUp();
    this.#lookForQueues();
    for (const queue of this.#lines.keys()) this.#hear(queue);
  }

  #lookForQueues(): void {
    try {
      for (const queue of this.#orders.more?.() ?? []) {
        if (this.#lines.has(queue)) continue;
        this.#mill.log(this.#mill.node.name, `runs ${queue} too`);
        this.#open(queue);
        this.#watch?.add(queue);
      }
    } catch (error) {
      // A home that is gone for a moment ends no runner.
      this.#mill.log(this.#mill.node.name, messageOf(error));
    }
  }

  async #cleanUp(): Promise<void> {
    const { spool, node, clock, log, atWork } = this.#mill;
    try {
      // A broken machine may have kept an entry from going back.
      for (const queue of this.#lines.keys())
        giveBackAll(spool, node.name, queue, clock.now(), log, atWork);
      if ((await takeOver(spool, node, clock.now(), log)) > 0)
        for (const queue of this.#lines.keys()) this.#hear(queue);
    } catch (error) {
      log(node.name, `cannot look after dead nodes: ${messageOf(error)}`);
    }
  }

  /** Starts as many turns as may run at once. */
  #pump(queue: string): void {
    const line = this.#lines.get(queue);
    if (!line) return;
    while (!this.#stopping && line.active < line.jobs) {
      const waiting = line.next();
      if (!waiting) break;
      line.begin(waiting);
      void this.#turn(queue, line, waiting);
    }
    this.#settle();
  }

  #pumpAll(): void {
    for (const queue of this.#lines.keys()) this.#pump(queue);
  }

  async #turn(queue: string, line: Line, waiting: Waiting): Promise<void> {
    let queues: string[] | undefined;
    let at = line;
    // The turn goes on in another queue, and is one of those that are made there.
    const moved = (next: string) => {
      const to = this.#lines.get(next);
      if (!to) return;
      // Its turn there has begun already.
      at.active -= 1;
      at = to;
      this.#pump(queue);
    };
    try {
      queues = await turn(this.#mill, queue, waiting, {
        moved,
        since: line.seen,
      });
    } catch (error) {
      this.#mill.log(`${queue}/${nameOf(waiting)}`, messageOf(error));
    }
    if (queues) this.#turns += 1;
    at.active -= 1;
    line.end(waiting);
    for (const other of queues ?? []) if (other !== queue) this.#hear(other);
    // Nothing anywhere else: it may be back here, due in a moment.
    if (queues?.length === 0 || queues?.includes(queue)) line.hear();
    if (at !== line) this.#pumpAll();
    this.#pump(queue);
  }

  #settle(): void {
    const lines = [...this.#lines.values()];
    if (lines.some(({ active }) => active > 0)) return;
    const isEmpty = lines.every((line) => line.isEmpty);
    if (this.#orders.untilEmpty && isEmpty && this.#looked !== this.#turns) {
      // A hook may have let go what rested, which no turn tells.
      this.#looked = this.#turns;
      for (const line of lines) line.hear();
      this.#pumpAll();
      return;
    }
    if (
      this.#stopping ||
      !this.#mill.node.holds() ||
      (this.#orders.untilEmpty && isEmpty)
    ) {
      this.#stopping = true;
      this.#stopped.resolve();
    }
  }
}
