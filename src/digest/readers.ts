/**
 * Who gets what of an issue: of each post those who had chosen digests, in that form, when it was
 * distributed. So who changes over between two issues gets a part of the next one: the posts behind the
 * change, or those before it; each part is a message of its own. As of which change to the members a post
 * was distributed is known (posts.ts), and what a member had at a change, the state knows.
 */
import { createHash } from "node:crypto";
import type { Roster } from "../lists/roster.ts";
import { deliveryAt, type Spell } from "../state/spells.ts";
import type { Issue } from "./issues.ts";
import { asOf } from "./posts.ts";

export const forms = ["mime", "plain"] as const;
export type Form = (typeof forms)[number];

/** A part of an issue that somebody gets. */
export interface Part {
  readonly form: Form;
  /** What stands in its address: "4.7" from the fourth post to the seventh; "" for the whole issue. */
  readonly name: string;
  /** Whether each post is in it. */
  readonly has: readonly boolean[];
}

/** What the extension of an issue on its way says; `number` is missing in one of before there were parts. */
export function issueIn(extension: string):
  | {
      readonly form: Form;
      readonly number: number | undefined;
      readonly part: string;
    }
  | undefined {
  const [, form, number, part = ""] =
    /^(mime|plain)(?:[-+=_#]([0-9]{1,15})(?:[-+=_#]([0-9a-z.]+))?)?$/.exec(
      extension,
    ) ?? [];
  if (form === undefined) return undefined;
  return {
    form: form as Form,
    number: number === undefined ? undefined : Number(number),
    part,
  };
}

/** Whether somebody reads digests, as of a change to the members. */
export async function wanted(
  roster: Roster,
  list: string,
  at: number,
): Promise<boolean> {
  if ((await roster.readers(list, ["digest-mime", "digest-plain"])) > 0)
    return true;
  for await (const { spells } of roster.changed(list, at, "digest-"))
    if (deliveryAt(spells, at)?.startsWith("digest-")) return true;
  return false;
}

/** A call takes no more than some 100,000 arguments. */
function earliest(times: readonly number[]): number {
  return times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

/** The parts of an issue that there are readers for, besides the whole. */
export async function partsOf(
  roster: Roster,
  list: string,
  issue: Issue,
): Promise<Part[]> {
  const times = issue.posts.map(asOf);
  const found = new Map<string, Part>();
  const changed = roster.changed(list, earliest(times), "digest-");
  for await (const { spells } of changed)
    for (const form of forms) {
      const part = partFor(spells, form, times);
      if (part && part.name !== "") found.set(`${form} ${part.name}`, part);
    }
  return [...found.values()];
}

/** Writes who gets a part, or the whole where it is "", an address a line. @param file a new one */
export async function writeReaders(
  roster: Roster,
  list: string,
  issue: Issue,
  { form, name }: Pick<Part, "form" | "name">,
  file: string,
): Promise<void> {
  const times = issue.posts.map(asOf);
  await roster.write(list, file, {
    all: { delivery: `digest-${form}`, until: earliest(times) },
    some: ({ spells }) => partFor(spells, form, times)?.name === name,
    only: name !== "",
  });
}

/**
 * What a member gets in a form; undefined: nothing. Pure.
 * @param times as of which change each post was distributed
 */
export function partFor(
  spells: readonly Spell[],
  form: Form,
  times: readonly number[],
): Part | undefined {
  // Who wants no mail gets none, not even what he would have had.
  if (spells.at(-1)?.delivery === "nomail") return undefined;
  const has = times.map((at) => deliveryAt(spells, at) === `digest-${form}`);
  return has.includes(true) ? { form, name: nameOf(has), has } : undefined;
}

/** Most characters of a name that says which posts. */
const READABLE = 20;

/** The first and the last post of each row of posts, counted from 1; "" for all. */
function nameOf(has: readonly boolean[]): string {
  if (!has.includes(false)) return "";
  const ends = has.flatMap((isIn, at) => [
    ...(isIn && !has[at - 1] ? [at + 1] : []),
    ...(isIn && !has[at + 1] ? [at + 1] : []),
  ]);
  const name = ends.join(".");
  if (name.length <= READABLE) return name;
  return createHash("sha256").update(name).digest("hex").slice(0, READABLE);
}
