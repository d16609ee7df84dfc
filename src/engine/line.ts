/**
 * A queue as a runner sees it: what it knows to be due there, who of it is next, and when the folder is
 * looked at again. A look finds thousands, which are worked off before the next one, but for news; and
 * looks take a tenth of the time at most. The folder of a queue in which much waits is read while turns
 * are made, one look at a time.
 */
import { messageOf } from "../base/errors.ts";
import { readEnvelope } from "../spool/envelope.ts";
import { birth, formatName, laneOf } from "../spool/name.ts";
import {
  frontDoor,
  glance,
  type Look,
  nameOf,
  type Scan,
  scan,
  type Waiting,
} from "../spool/queue.ts";
import { isSpent } from "./backoff.ts";
import { Fair } from "./fair.ts";
import type { Mill } from "./mill.ts";

/** Entries that are known to be due, at most: a runner remembers them in a few megabytes. */
const CANDIDATES = 10_000;
/** Milliseconds between two looks at a queue that has candidates; a look may take a tenth of the time. */
const LOOKS = 200;

/** Lists whose entries are taken. */
export interface Chosen {
  has(list: string): boolean;
  /** All of them; not there where a domain is among them. */
  readonly addresses?: readonly string[];
}

export interface Surroundings {
  readonly mill: Pick<
    Mill,
    "spool" | "node" | "clock" | "log" | "retry" | "closedUntil"
  >;
  /** Only entries of these lists; all without it. */
  readonly lists?: Chosen | undefined;
  /** Milliseconds between two scans. */
  readonly scan: number;
  /** Aborted when nothing is taken any more. */
  readonly signal: AbortSignal;
  /** Called where more may be taken than before. */
  readonly onMore: () => void;
}

export class Line {
  readonly queue: string;
  /** Turns that are made at once. */
  readonly jobs: number;
  /** Those that are being made. */
  active = 0;
  readonly #given: Surroundings;
  readonly #candidates = new Fair<Waiting>();
  /** Something may have come since the last look began. */
  #news = true;
  /** More was due than could be remembered. */
  #more = false;
  /** While a look is under way, what was begun meanwhile: it may have been seen before. */
  #begun: Set<string> | undefined;
  /** When the candidates had been seen, as `performance.now()` counts. */
  #seen = 0;
  /** Milliseconds since 1970 before which what has just come is not looked for. */
  #notBefore = 0;
  /** The same where it has no candidates: only the machine needs the rest. */
  #restUntil = 0;
  /** The second at which it is looked at again, before the next scan. */
  #wakes = Number.POSITIVE_INFINITY;
  /** Milliseconds since 1970 before which nothing is taken from it, as it was when the next was asked for. */
  #closedUntil = 0;
  /** Nothing was taken from it then. */
  #isClosed = false;
  /** What stands for its lists in the names of entries, where all are known. */
  readonly #lanes: ReadonlySet<string> | undefined;

  constructor(queue: string, jobs: number, given: Surroundings) {
    this.queue = queue;
    this.jobs = jobs;
    this.#given = given;
    const lists = given.lists?.addresses;
    this.#lanes =
      lists && new Set(lists.map((list) => laneOf(list, "", 0).list));
  }

  /** When all that can be taken was there at the latest, as `performance.now()` counts. */
  get seen(): number {
    return this.#seen;
  }

  /** Whether nothing waits for one of its turns. */
  get isFree(): boolean {
    if (this.#candidates.size > 0 || this.#more || this.#begun) return false;
    const { mill } = this.#given;
    const until = mill.closedUntil?.(this.queue) ?? 0;
    return this.active < this.jobs && until <= mill.clock.now();
  }

  /** Whether nothing is due. */
  get isEmpty(): boolean {
    if (this.#candidates.size > 0 || this.#begun) return false;
    return !this.#news || this.#isClosed;
  }

  /** Something may have come. */
  hear(): void {
    this.#news = true;
  }

  /** Takes the next one out that may be taken now. */
  next(): Waiting | undefined {
    const { node, clock } = this.#given.mill;
    if (!node.holds()) return undefined;
    const now = clock.now();
    const hasChanged = this.#mindClosing(now);
    if (!this.#begun && this.#isToLook(now, hasChanged)) this.#look();
    return this.#candidates.next(this.jobs - this.active);
  }

  /** A turn with it begins. */
  begin(waiting: Waiting): void {
    this.active += 1;
    this.#candidates.begin(waiting);
    this.#begun?.add(nameOf(waiting));
  }

  /** Its turn has ended, wherever it went on meanwhile. */
  end(waiting: Waiting): void {
    this.#candidates.end(waiting);
  }

  /** What was found while it was open is not taken while it is closed. @returns whether that has changed */
  #mindClosing(now: number): boolean {
    const until = this.#given.mill.closedUntil?.(this.queue) ?? 0;
    const hasChanged = until > now !== this.#isClosed;
    this.#closedUntil = until;
    this.#isClosed = until > now;
    if (this.#isClosed) this.#wake(until / 1000);
    if (!hasChanged) return false;
    this.#candidates.fill([]);
    this.#news = true;
    return true;
  }

  #isToLook(now: number, hasChanged: boolean): boolean {
    const isOut = this.#candidates.size === 0;
    if (hasChanged || (isOut && this.#more)) return true;
    if (!this.#news) return false;
    const notBefore = isOut ? this.#restUntil : this.#notBefore;
    if (now >= notBefore) return true;
    this.#wake(notBefore / 1000);
    return false;
  }

  #look(): void {
    this.#news = false;
    this.#more = false;
    const begun = performance.now();
    try {
      const look = this.#asked();
      const found = glance(look);
      if (found) this.#found(found);
      else void this.#lookOn(look, begun);
    } catch (error) {
      this.#fail(error);
    }
    this.#rest(begun);
  }

  /** The same for a folder that is too large to be read at once. */
  async #lookOn(look: Look, begun: number): Promise<void> {
    const { signal, onMore } = this.#given;
    const taken = new Set<string>();
    const wasClosed = this.#isClosed;
    this.#begun = taken;
    try {
      const found = await scan(look, signal);
      const due = found.due.filter((waiting) => !taken.has(nameOf(waiting)));
      if (wasClosed === this.#isClosed) this.#found({ ...found, due });
      else this.#more = true;
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
    this.#begun = undefined;
    this.#rest(begun);
    onMore();
  }

  #asked(): Look {
    const { spool, clock } = this.#given.mill;
    const look = {
      spool,
      queue: this.queue,
      now: clock.now() / 1000,
      most: CANDIDATES,
    };
    if (!this.#isClosed && !this.#given.lists) return look;
    return { ...look, may: (waiting) => this.#mayTake(waiting) };
  }

  #found({ due, more, next }: Scan): void {
    this.#seen = performance.now();
    this.#candidates.fill(due);
    this.#more = more;
    if (next !== undefined) this.#wake(next);
  }

  #fail(error: unknown): void {
    const { log } = this.#given.mill;
    log(this.queue, `could not be listed: ${messageOf(error)}`);
  }

  #rest(begun: number): void {
    const now = this.#given.mill.clock.now();
    const took = performance.now() - begun;
    this.#restUntil = now + took * 10;
    this.#notBefore = now + Math.max(LOOKS, took * 10);
  }

  /** Looks again when the next entry becomes due, if that is before the next scan. @param due seconds */
  #wake(due: number): void {
    const { mill, scan, onMore } = this.#given;
    const wait = due * 1000 - mill.clock.now();
    if (wait >= scan || due >= this.#wakes) return;
    this.#wakes = due;
    setTimeout(
      () => {
        if (this.#wakes === due) this.#wakes = Number.POSITIVE_INFINITY;
        this.hear();
        onMore();
      },
      Math.max(wait, 0),
    ).unref();
  }

  #mayTake(waiting: Waiting): boolean {
    return this.#isTimely(waiting) && this.#isMine(waiting);
  }

  /** Where nothing can be done for a while, time goes on all the same for what has waited too long. */
  #isTimely({ name }: Waiting): boolean {
    if (!this.#isClosed) return true;
    if (this.#closedUntil === Number.POSITIVE_INFINITY) return false;
    const { retry, clock } = this.#given.mill;
    return name !== undefined && isSpent(retry, clock.now() - birth(name.id));
  }

  /** The front door is for all. */
  #isMine({ name }: Waiting): boolean {
    const { lists, mill } = this.#given;
    if (!lists || this.queue === frontDoor || !name) return true;
    if (name.lane && this.#lanes?.has(name.lane.list) === false) return false;
    const folder = mill.spool.waiting(this.queue);
    const read = readEnvelope(`${folder}/${formatName(name)}`);
    return read.kind === "envelope" && lists.has(read.envelope.list ?? "");
  }
}
