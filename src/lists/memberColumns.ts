/**
 * What a table of members has columns for, each with its way to be read and to be written. An empty
 * cell says nothing; `-` takes back what a member has of an own. Pure.
 */
import { tagOf } from "../base/languages.ts";
import { oneLine } from "../base/log.ts";
import { momentOf, momentText } from "../base/moments.ts";
import {
  deliveries,
  type Joining,
  type Member,
  moderations,
} from "../state/member.ts";

/** What a line says of a member, besides the address. */
export type Said = Omit<Joining, "key" | "address">;

export interface Column {
  /** Undefined: a cell that cannot be read. */
  readonly read: (cell: string) => Said | undefined;
  readonly write: (member: Member) => string;
  /** What may stand there. */
  readonly takes: string;
}

/** Most characters of a name that are kept. */
const NAME = 200;
const NONE = "-";

/** In the order in which they are written, behind the address. */
export const columns: Readonly<Record<string, Column>> = {
  delivery: {
    // The one that `member add --digest` gives.
    read: (cell) =>
      wrap(
        "delivery",
        oneOf(deliveries, cell.replace(/^\s*digest\s*$/i, "digest-mime")),
      ),
    write: ({ delivery }) => delivery,
    takes: `one of ${deliveries.join(", ")}`,
  },
  name: {
    read: (cell) => ({ name: nameOf(cell) }),
    write: ({ name }) => name,
    takes: "a name",
  },
  language: {
    read: (cell) => wrap("language", languageOf(cell)),
    write: ({ language }) => language,
    takes: "a language such as en or pt-BR, or -",
  },
  moderation: {
    read: (cell) => wrap("moderation", oneOf(moderations, cell)),
    write: ({ moderation }) => moderation,
    takes: `one of ${moderations.join(", ")}`,
  },
  own_copy: choice("ownCopy"),
  duplicates: choice("duplicates"),
  acknowledge: choice("acknowledge"),
  away: moment("away"),
  suspended: moment("suspended"),
  suspended_for: {
    read: (cell) => ({ suspendedFor: nameOf(cell) }),
    write: ({ suspendedFor }) => suspendedFor,
    takes: "a reason",
  },
  joined: {
    ...moment("joined"),
    read: (cell) => wrap("joined", momentOf(cell)),
    takes: "a date such as 2026-12-24",
  },
};

/** A name as it is kept. */
export function nameOf(text: string): string {
  return oneLine(text, NAME);
}

/** A language tag (RFC 5646) as it is kept; "" for -; undefined where it is none. */
export function languageOf(text: string): string | undefined {
  const tag = text.trim();
  return tag === NONE ? "" : tagOf(tag);
}

/** Yes or no; null for -; undefined where it is neither. */
export function choiceOf(text: string): boolean | null | undefined {
  const word = text.trim().toLowerCase();
  if (word === NONE) return null;
  if (["yes", "true", "1"].includes(word)) return true;
  return ["no", "false", "0"].includes(word) ? false : undefined;
}

function choice(name: "ownCopy" | "duplicates" | "acknowledge"): Column {
  return {
    read: (cell) => wrap(name, choiceOf(cell)),
    write: (member) => {
      const chosen = member[name];
      return chosen === undefined ? "" : chosen ? "yes" : "no";
    },
    takes: "yes, no or -",
  };
}

function moment(name: "away" | "suspended" | "joined"): Column {
  return {
    read: (cell) => wrap(name, cell.trim() === NONE ? null : momentOf(cell)),
    write: (member) => {
      const at = member[name];
      return at === undefined ? "" : momentText(at);
    },
    takes: "a date such as 2026-12-24, or -",
  };
}

function oneOf<T extends string>(
  words: readonly T[],
  cell: string,
): T | undefined {
  const wish = cell.trim().toLowerCase();
  return words.find((word) => word === wish);
}

function wrap(name: keyof Said, value: unknown): Said | undefined {
  return value === undefined ? undefined : { [name]: value };
}
