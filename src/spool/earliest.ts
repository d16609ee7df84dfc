/**
 * The entries of a queue that are due longest, chosen while its names go by: however many they are,
 * no more are kept than twice as many as asked for. Of a post, which has a lane, some only: thousands
 * of one must not hide another list's. Beyond some hundred such posts at once it is those that are due
 * longest. Pure.
 */
import { type Name, parseName } from "./name.ts";

/** Something that can be taken: an entry, or in `incoming` a file that an MTA delivered. */
export type Waiting =
  | { readonly kind: "entry"; readonly name: Name }
  | {
      readonly kind: "maildir";
      readonly file: string;
      readonly name?: undefined;
    };

export interface Scan {
  /** What is due, oldest first, at most as many as asked for. */
  readonly due: Waiting[];
  /** True where more may be due than these. */
  readonly more: boolean;
  /** The second at which the next entry becomes due; undefined where none waits, or more are due. */
  readonly next: number | undefined;
}

/** Entries of one lane that are looked at together. */
const LANE = 64;

interface Kept {
  readonly file: string;
  readonly isFile: boolean;
  readonly lane: string | undefined;
}

export class Earliest {
  readonly #now: number;
  /** The first name that is not due. */
  readonly #future: Buffer;
  readonly #most: number;
  readonly #may: (waiting: Waiting) => boolean;
  #kept: Kept[] = [];
  /** Of as many as asked for, the last. */
  #last: Buffer | undefined;
  /** Of lanes that have all that they may, the last. */
  #lastOf = new Map<string, string>();
  #more = false;
  #next: number | undefined;

  /**
   * @param now seconds since 1970
   * @param most how many to choose
   * @param may which can be chosen; asked only of those that would be
   */
  constructor(
    now: number,
    most: number,
    may: (waiting: Waiting) => boolean = () => true,
  ) {
    this.#now = now;
    this.#future = Buffer.from(String(Math.floor(now) + 1).padStart(10, "0"));
    this.#most = most;
    this.#may = may;
  }

  /** One of the names, in any order. @param isFile asked only where it matters */
  offer(file: string, isFile: () => boolean): void {
    if (file.startsWith(".")) return;
    const isMail = isFile();
    const waiting = waitingOf(file, isMail);
    if (!waiting) return;
    const { name } = waiting;
    if (name && name.due > this.#now) {
      this.#next = Math.min(this.#next ?? name.due, name.due);
      return;
    }
    const lane = name?.lane && `${name.lane.list}-${name.lane.post}`;
    const last = lane === undefined ? undefined : this.#lastOf.get(lane);
    if (last !== undefined && file > last) {
      this.#more = true;
      return;
    }
    if (!this.#may(waiting)) return;
    this.#kept.push({ file, isFile: isMail, lane });
    if (this.#kept.length > 2 * this.#most) this.#trim();
  }

  /**
   * Whether a name comes after all that can be chosen, which most of a million do: it need not be offered.
   * @param bytes the name is those from `from` to `to`
   */
  isTooLate(bytes: Buffer, from: number, to: number): boolean {
    const last = this.#last;
    if (!last || last.compare(bytes, from, to) >= 0) return false;
    // What is not due may still be the next.
    if (this.#future.compare(bytes, from, to) <= 0) return false;
    this.#more = true;
    return true;
  }

  get scan(): Scan {
    this.#trim();
    const due = this.#kept.flatMap((it) => waitingOf(it.file, it.isFile) ?? []);
    return { due, more: this.#more, next: this.#next };
  }

  /** What goes never comes back: whatever is still to come, as many are before it. */
  #trim(): void {
    this.#kept.sort((a, b) => (a.file < b.file ? -1 : 1));
    const counts = new Map<string, number>();
    const chosen: Kept[] = [];
    for (const each of this.#kept) {
      // A name may come twice: taken twice, it would be served twice.
      if (each.file === chosen.at(-1)?.file) continue;
      const { file, lane } = each;
      const count = lane === undefined ? 0 : (counts.get(lane) ?? 0) + 1;
      if (chosen.length === this.#most || count > LANE) {
        this.#more = true;
        continue;
      }
      if (lane !== undefined) counts.set(lane, count);
      if (lane !== undefined && count === LANE) this.#lastOf.set(lane, file);
      chosen.push(each);
    }
    this.#kept = chosen;
    const last = chosen.length === this.#most ? chosen.at(-1) : undefined;
    if (last) this.#last = Buffer.from(last.file);
  }
}

/** At the front door every file is mail, whatever its name. */
function waitingOf(file: string, isFile: boolean): Waiting | undefined {
  if (isFile) return { kind: "maildir", file };
  const name = parseName(file);
  return name && { kind: "entry", name };
}
