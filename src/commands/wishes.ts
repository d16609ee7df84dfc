/**
 * What members can set for themselves, as they write it and as a token holds it: `digest`, `nomail`,
 * `own-copy off`, `vacation until 2026-12-24`. Pure.
 */
import { DAY } from "../base/units.ts";
import type { Delivery } from "../state/member.ts";

export interface Change {
  readonly delivery?: Delivery;
  readonly ownCopy?: boolean;
  readonly duplicates?: boolean;
  readonly acknowledge?: boolean;
  readonly language?: string;
  /** Milliseconds since 1970; null: back again. */
  readonly away?: number | null;
}

const deliveries: Readonly<Record<string, Delivery>> = {
  posts: "posts",
  mail: "posts",
  each: "posts",
  digest: "digest-mime",
  "digest-mime": "digest-mime",
  mime: "digest-mime",
  "digest-plain": "digest-plain",
  plain: "digest-plain",
  nomail: "nomail",
};

/** A delivery as people write it. */
export function deliveryIn(text: string): Delivery | undefined {
  const word = text.trim().toLowerCase();
  return Object.hasOwn(deliveries, word) ? deliveries[word] : undefined;
}

const flags = {
  "own-copy": "ownCopy",
  duplicates: "duplicates",
  acknowledge: "acknowledge",
} as const;

/**
 * The change that a text asks for; undefined where it is none.
 * @param now milliseconds since 1970: a vacation ends after it
 */
export function changeIn(text: string, now: number): Change | undefined {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/[-+=:, ]+/g, " ");
  const delivery = deliveryIn(
    words.replace(/^delivery /, "").replace(" ", "-"),
  );
  if (delivery) return { delivery };
  const [, name = "", on] =
    /^(own copy|owncopy|duplicates|acknowledge|ack) (on|off|yes|no)$/.exec(
      words,
    ) ?? [];
  if (on) {
    const flag = name.startsWith("own")
      ? flags["own-copy"]
      : name.startsWith("ack")
        ? flags.acknowledge
        : flags.duplicates;
    return { [flag]: on === "on" || on === "yes" };
  }
  if (/^(back|vacation (off|end))$/.test(words)) return { away: null };
  const [, year, month, day] =
    /^vacation (?:until )?(\d{4}) (\d\d) (\d\d)$/.exec(words) ?? [];
  if (day) {
    const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
    // The last day counts.
    const away = date.getTime() + DAY;
    const isRight =
      !Number.isNaN(away) &&
      date.toISOString().startsWith(`${year}-${month}-${day}`);
    return isRight && away > now ? { away } : undefined;
  }
  const [, language] =
    /^language ([a-z]{2,3}(?: [a-z0-9]{2,8})?)$/.exec(words) ?? [];
  return language ? { language: language.replace(" ", "-") } : undefined;
}

/** The same as text, which `changeIn` reads: for tokens, and for people. */
export function textOf(change: Change): string {
  if (change.delivery) return change.delivery;
  for (const [name, key] of Object.entries(flags))
    if (change[key] !== undefined)
      return `${name} ${change[key] ? "on" : "off"}`;
  if (change.away === null) return "back";
  if (change.away !== undefined)
    return `vacation until ${new Date(change.away - DAY).toISOString().slice(0, 10)}`;
  return `language ${change.language ?? ""}`;
}
