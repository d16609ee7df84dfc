/**
 * An id that is in several places: which of the copies goes on, and which are laid aside. What is laid
 * aside is not sent, and not lost either; so where it cannot be told, all of them are. Pure.
 *
 * - A committed entry is further than one that is not: its hooks have had their say. Of two, the one
 *   with fewer children left is further, if these are all among the other's.
 * - An entry may follow from itself, with the same id (what waits of a delivery, what a consumer is
 *   still to be asked of): it is later than the committed one, and no copy of it.
 * - A child in `out/` is as it was committed. If its id is out of there already, that is further.
 * - Of others, the one whose notes have all that the others' have is further.
 */
import type { Envelope } from "../envelope.ts";
import type { Name } from "../name.ts";
import { isResting } from "../spool.ts";
import type { Kind } from "./finding.ts";

/** What is known of a copy. */
export interface Copy {
  readonly queue: string;
  readonly name: Name;
  readonly path: string;
  /** The same as people are told. */
  readonly at: string;
  /** Whether a living node has it: it cannot be laid aside then. */
  readonly isAtWork: boolean;
  /** The entry in whose `out/` it is. */
  readonly parent?: string | undefined;
  /** The children that it has committed and not published; undefined where it is not committed. */
  readonly children: readonly string[] | undefined;
  readonly envelope: Envelope | undefined;
  /** The lines of its progress file. */
  readonly notes: readonly string[];
  /** Bytes of the message and of the list of recipients; -1 where there is none. */
  readonly message: number;
  readonly list: number;
}

export interface Verdict {
  readonly copy: Copy;
  readonly kind: Kind;
  readonly what: string;
  readonly isLaidAside: boolean;
}

/** @param copies of one id */
export function judge(copies: readonly Copy[]): Verdict[] {
  const resting = copies.filter(({ queue, parent }) => isRest(queue, parent));
  const active = copies.filter(({ queue, parent }) => !isRest(queue, parent));
  const [other] = active.length > 0 ? active : resting.slice(1);
  const noted = resting.map((copy): Verdict => {
    const what = `the same entry is at ${(copy === other ? resting[0] : other)?.at} too`;
    return { copy, kind: "double-resting", what, isLaidAside: false };
  });
  return [...(other ? noted : []), ...judgeActive(active)];
}

function isRest(queue: string, parent: string | undefined): boolean {
  return parent === undefined && isResting(queue);
}

function judgeActive(active: readonly Copy[]): Verdict[] {
  const entries = active.filter(({ parent }) => parent === undefined);
  const committed = entries.filter(({ children }) => children !== undefined);
  const others = entries.filter(({ children }) => children === undefined);
  const first = furthestOf(committed);
  if (committed.length > 0 && !first) return undecided(entries);
  const stale = committed
    .filter((copy) => copy !== first)
    .map((copy) => older(copy, first as Copy));
  const gone = stale.map(({ copy }) => copy.path);
  // What an older copy has committed is laid aside with it.
  const inOut = active.filter(
    ({ parent }) => parent !== undefined && !gone.includes(parent),
  );
  const rivals = others.filter((copy) => !first || follows(copy, first));
  for (const copy of others)
    if (first && !rivals.includes(copy)) stale.push(older(copy, first));
  const [published] = rivals;
  if (published) stale.push(...inOut.map((copy) => older(copy, published)));
  else if (inOut.length > 1) stale.push(...undecided(inOut));
  return [...stale, ...judgeRivals(rivals)];
}

/** Undefined where there is none, or it cannot be told. */
function furthestOf(committed: readonly Copy[]): Copy | undefined {
  return committed.find(({ children = [] }) =>
    committed.every((other) =>
      children.every((child) => other.children?.includes(child)),
    ),
  );
}

/** Whether an entry is one that a committed one of the same id has left, not what it was before. */
function follows(copy: Copy, committed: Copy): boolean {
  const { attempt, due } = committed.name;
  if (copy.name.attempt !== attempt) {
    if (copy.name.attempt > attempt) return true;
  } else if (copy.name.due > due) return true;
  const [mine, theirs] = [copy.envelope, committed.envelope];
  if (!mine || !theirs) return false;
  const isLater =
    (mine.history.at(-1)?.at ?? "") > (theirs.history.at(-1)?.at ?? "");
  const isPart = theirs.portion ? !mine.portion : copy.list < committed.list;
  return isLater || isPart;
}

/** Copies of which none is committed. */
function judgeRivals(rivals: readonly Copy[]): Verdict[] {
  if (rivals.length < 2) return [];
  const [one] = rivals as [Copy];
  if (rivals.some((copy) => releasesOf(copy) !== releasesOf(one)))
    return rivals.map((copy) => ({
      copy,
      kind: "double-released",
      what: "its id is in the spool twice, and a person has released one",
      isLaidAside: false,
    }));
  const isSame = ({ queue, message, list }: Copy) =>
    queue === one.queue && message === one.message && list === one.list;
  const working = rivals.filter(({ isAtWork }) => isAtWork);
  const best = working.length > 0 ? working[0] : rivals.toSorted(byAge)[0];
  const knowsAll = rivals.every(
    (copy) =>
      isSame(copy) && copy.notes.every((line) => best?.notes.includes(line)),
  );
  if (!best || working.length > 1 || !knowsAll) return undecided(rivals);
  return rivals
    .filter((copy) => copy !== best)
    .map((copy) => older(copy, best));
}

/** Furthest first. One that was being laid aside is the last: it was judged before. */
function byAge(a: Copy, b: Copy): number {
  return (
    Number(a.envelope?.rest !== undefined) -
      Number(b.envelope?.rest !== undefined) ||
    b.notes.length - a.notes.length ||
    b.name.attempt - a.name.attempt ||
    b.name.due - a.name.due
  );
}

/** When a person let it go on. */
function releasesOf({ envelope }: Copy): string {
  const released = envelope?.history.filter(({ what }) => what === "released");
  return released?.map(({ at }) => at).join() ?? "";
}

function older(copy: Copy, further: Copy): Verdict {
  const what = `the same entry is further at ${further.at}`;
  return { copy, kind: "double", what, isLaidAside: !copy.isAtWork };
}

function undecided(copies: readonly Copy[]): Verdict[] {
  return copies.map((copy) => {
    const other = copies.find((it) => it !== copy)?.at;
    const what = `the same entry is at ${other}, and it cannot be told which is further`;
    const isLaidAside = !copy.isAtWork;
    return { copy, kind: "double-undecided", what, isLaidAside };
  });
}
