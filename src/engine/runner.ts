/**
 * A runner: takes what is due from its queues, a few entries at once, until it is told to stop.
 * SIGKILL at any moment loses nothing; a stop finishes what is claimed.
 */
import { messageOf } from "../base/errors.ts";
import { readEnvelope } from "../spool/envelope.ts";
import { birth, formatName } from "../spool/name.ts";
import { frontDoor, nameOf, scan, type Waiting } from "../spool/queue.ts";
import {
  giveBackAll,
  leaveFolders,
  sweepDrafts,
  takeOver,
} from "../spool/sweep.ts";
import { isSpent } from "./backoff.ts";
import { Fair } from "./fair.ts";
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
  readonly jobsOf?: Readonly<Record<string, number>>;
  /** Milliseconds between two scans. */
  readonly scan: number;
  /** Stop when nothing is due any more. */
  readonly untilEmpty: boolean;
  /** Only entries of these lists; all without it. The front door is for all. */
  readonly lists?: Pick<ReadonlySet<string>, "has">;
}

interface Line {
  /** Known to be due. */
  readonly candidates: Fair<Waiting>;
  readonly jobs: number;
  active: number;
  /** Something may have come since the last scan. */
  news: boolean;
  more: boolean;
  /** The second at which it is looked at again, before the next scan. */
  wake: number;
  /** Milliseconds since 1970 before which what has just come is not looked for. */
  notBefore: number;
  /** When it was listed last, as `performance.now()` counts. */
  looked: number;
  /** The same where it has no candidates: only the machine needs the rest. */
  restUntil: number;
  /** Nothing is taken from it just now. */
  closed: boolean;
}

const CANDIDATES = 5000;
/** Milliseconds between two looks at a queue that has candidates; a look may take a tenth of the time. */
const LOOKS = 200;
const HOUR = 60 * 60 * 1000;

export class Runner<C extends Content> {
  readonly #mill: Mill<C>;
  readonly #orders: Orders;
  readonly #lines = new Map<string, Line>();
  readonly #stopped = Promise.withResolvers<void>();
  #watch: Watch | undefined;
  #stopping = false;
  #turns = 0;

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
    signal.removeEventListener("abort", stop);
    clearInterval(scans);
    clearInterval(sweeps);
    await this.#watch?.close();
    leaveFolders(spool, this.#mill.node.name);
    return this.#turns;
  }

  /** Nothing overtakes what waits there; and which lists are its own is looked at where it is taken. */
  #goesOnIn(queue: string): boolean {
    const line = this.#lines.get(queue);
    if (!line || this.#orders.lists || this.#stopping) return false;
    return line.candidates.size === 0 && line.active < line.jobs;
  }

  #sweep(): void {
    const { spool, node, log } = this.#mill;
    try {
      sweepDrafts(spool, node);
    } catch (error) {
      log(node.name, `cannot remove old drafts: ${messageOf(error)}`);
    }
  }

  #open(queue: string): void {
    this.#mill.spool.make(queue);
    this.#lines.set(queue, {
      candidates: new Fair(),
      jobs: this.#orders.jobsOf?.[queue] ?? this.#orders.jobs,
      active: 0,
      news: true,
      more: false,
      wake: Number.POSITIVE_INFINITY,
      notBefore: 0,
      looked: 0,
      restUntil: 0,
      closed: false,
    });
  }

  #stop(): void {
    this.#stopping = true;
    this.#settle();
  }

  #hear(queue: string): void {
    const line = this.#lines.get(queue);
    if (!line) return;
    line.news = true;
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
      const waiting = this.#next(queue, line);
      if (!waiting) break;
      line.active += 1;
      line.candidates.begin(waiting);
      void this.#turn(queue, line, waiting);
    }
    this.#settle();
  }

  #pumpAll(): void {
    for (const queue of this.#lines.keys()) this.#pump(queue);
  }

  #next(queue: string, line: Line): Waiting | undefined {
    const { node, clock, log } = this.#mill;
    if (!node.holds()) return undefined;
    const now = clock.now();
    const closed = this.#mill.closedUntil?.(queue) ?? 0;
    // What was found while it was open is not taken while it is closed.
    const hasChanged = closed > now !== line.closed;
    if (hasChanged) line.news = true;
    line.closed = closed > now;
    const isEmpty = line.candidates.size === 0;
    if (line.closed) this.#wake(queue, line, closed / 1000);
    const notBefore = isEmpty ? line.restUntil : line.notBefore;
    if (line.news && !hasChanged && now < notBefore)
      this.#wake(queue, line, notBefore / 1000);
    else if (line.news || (line.more && isEmpty)) {
      line.news = false;
      line.more = false;
      const begun = performance.now();
      try {
        line.looked = begun;
        this.#look(queue, line);
      } catch (error) {
        log(queue, `could not be listed: ${messageOf(error)}`);
      }
      const took = performance.now() - begun;
      line.restUntil = now + took * 10;
      line.notBefore = now + Math.max(LOOKS, took * 10);
    }
    return line.candidates.next(line.jobs - line.active);
  }

  #look(queue: string, line: Line): void {
    const { spool, clock, retry } = this.#mill;
    const now = clock.now();
    // Among entries of other lists, its own may be the last.
    const most =
      this.#orders.lists || line.closed ? Number.MAX_SAFE_INTEGER : CANDIDATES;
    const found = scan(spool, queue, now / 1000, most);
    const mine = found.due.filter(
      (waiting) =>
        this.#isMine(queue, waiting) &&
        // Where nothing is taken, time goes on all the same for what has waited too long.
        (!line.closed ||
          (waiting.kind === "entry" &&
            isSpent(retry, now - birth(waiting.name.id)))),
    );
    line.candidates.fill(mine);
    line.more = found.more && mine.length > 0;
    if (found.next !== undefined) this.#wake(queue, line, found.next);
  }

  /** Looks again when the next entry becomes due, if that is before the next scan. */
  #wake(queue: string, line: Line, due: number): void {
    const wait = due * 1000 - this.#mill.clock.now();
    if (wait >= this.#orders.scan || due >= line.wake) return;
    line.wake = due;
    setTimeout(
      () => {
        if (line.wake === due) line.wake = Number.POSITIVE_INFINITY;
        this.#hear(queue);
      },
      Math.max(wait, 0),
    ).unref();
  }

  #isMine(queue: string, waiting: Waiting): boolean {
    const { lists } = this.#orders;
    if (!lists || queue === frontDoor || waiting.kind !== "entry") return true;
    const read = readEnvelope(
      `${this.#mill.spool.waiting(queue)}/${formatName(waiting.name)}`,
    );
    return read.kind === "envelope" && lists.has(read.envelope.list ?? "");
  }

  async #turn(queue: string, line: Line, waiting: Waiting): Promise<void> {
    let queues: string[] | undefined;
    let at = line;
    // The turn goes on in another queue, and is one of those that are made there.
    const moved = (next: string) => {
      const to = this.#lines.get(next);
      if (!to) return;
      at.active -= 1;
      to.active += 1;
      at = to;
      this.#pump(queue);
    };
    try {
      queues = await turn(this.#mill, queue, waiting, {
        moved,
        since: line.looked,
      });
    } catch (error) {
      this.#mill.log(`${queue}/${nameOf(waiting)}`, messageOf(error));
    }
    if (queues) this.#turns += 1;
    at.active -= 1;
    line.candidates.end(waiting);
    for (const other of queues ?? []) if (other !== queue) this.#hear(other);
    // Nothing anywhere else: it may be back here, due in a moment.
    if (queues?.length === 0 || queues?.includes(queue)) line.news = true;
    if (at !== line) this.#pumpAll();
    this.#pump(queue);
  }

  #settle(): void {
    const lines = [...this.#lines.values()];
    if (lines.some(({ active }) => active > 0)) return;
    const empty = lines.every(
      ({ candidates, news, closed }) =>
        candidates.size === 0 && (!news || closed),
    );
    if (
      this.#stopping ||
      !this.#mill.node.holds() ||
      (this.#orders.untilEmpty && empty)
    ) {
      this.#stopping = true;
      this.#stopped.resolve();
    }
  }
}
