/**
 * What is remembered of a source: its last answer, as long as its section says. An answer is complete on
 * disk before any of it is used, so a source that fails midway has given nothing.
 */
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf } from "../../base/errors.ts";
import { DAY, HOUR } from "../../base/units.ts";
import {
  type Addresses,
  placeholder,
  type SourceContext,
  sourceFailure,
} from "./context.ts";
import { answerAt, keep, pages, pathOf, take, tidy } from "./kept.ts";
import { mentionedIn } from "./placeholders.ts";
import { type Limit, within } from "./within.ts";

/** Characters that are collected before they are written. */
const BUFFER = 60_000;

/** What a section says of its memory, among other things; milliseconds. */
export interface Memory {
  readonly ttl?: number | undefined;
  readonly stale?: number | undefined;
}

/** How an answer is asked for. */
export interface Occasion {
  /** The section of the source. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where an answer may lie that is not kept. */
  scratch(): string;
  /** Whether what the source has said is good for this one question only. */
  isPassing?(): boolean;
  /** Milliseconds until the answer is of no use to whoever asks; undefined: no end. */
  left?(): number;
}

/**
 * The answer of a source: a remembered one that is younger than `ttl`, or what the source says now,
 * or, where it fails, the last answer if that is not older than `stale`; people are told so.
 * Without `ttl` and `stale` nothing is remembered. Throws what the source throws.
 */
export async function* remembered(
  source: AsyncIterable<Addresses>,
  settings: Memory,
  context: SourceContext,
  occasion: Occasion,
): AsyncGenerator<Addresses> {
  const { ttl, stale } = settings;
  if (ttl === undefined && stale === undefined) return yield* source;
  const { name: section, now } = occasion;
  const name = nameOf(settings, context, section);
  const path = pathOf(context.home, context.list.address, name);
  const last = await answerAt(path, now);
  let fresh: FileHandle | undefined;
  try {
    if (last && ttl !== undefined && last.age <= ttl)
      return yield* pages(last.handle);
    const isOfUse = last && stale !== undefined && last.age <= stale;
    const asked = new Asking(source, isOfUse ? limitOf(occasion) : undefined);
    try {
      fresh = await (context.trial
        ? take(occasion.scratch(), asked.bytes())
        : keep(
            path,
            asked.bytes(),
            now,
            () => occasion.isPassing?.() ?? false,
          ));
    } catch (error) {
      if (!asked.failed) throw sourceFailure(path, error);
      if (!isOfUse) throw error;
      context.note(
        `${messageOf(error)}; its answer of ${ago(last.age)} ago is taken`,
      );
    }
    if (fresh && !context.trial)
      tidy(dirname(path), section, now, Math.max(ttl ?? 0, stale ?? 0));
    if (fresh) yield* pages(fresh);
    else if (last) yield* pages(last.handle);
  } finally {
    await last?.handle.close();
    await fresh?.close();
  }
}

/** Of the time that is left, what a source may take: some is for the last answer, and for other sources. */
function limitOf({ name, left }: Occasion): Limit | undefined {
  const milliseconds = ((left?.() ?? Number.POSITIVE_INFINITY) * 2) / 3;
  return Number.isFinite(milliseconds) ? { name, milliseconds } : undefined;
}

/** Settings that change nothing of the answer, or ask for another one. */
const APART = /^(ttl|stale|timeout|sender_.*|exists_.*)$/;

/** An answer's file: another one for other settings, and for other values of what they mention. */
function nameOf(
  settings: object,
  context: SourceContext,
  section: string,
): string {
  const said = Object.entries(settings).filter(([key]) => !APART.test(key));
  const text = JSON.stringify(said.sort(([a], [b]) => (a < b ? -1 : 1)));
  // Of each text by itself: JSON would write a line feed in a name otherwise.
  const names = new Set(
    said
      .flatMap(([, value]) => value)
      .flatMap((value) => mentionedIn(String(value))),
  );
  const values = [...names].map((name) => [name, placeholder(context, name)]);
  const hash = createHash("sha256").update(JSON.stringify([text, values]));
  return `${section}.${hash.digest("hex").slice(0, 32)}.answer`;
}

/** A source's answer as bytes, which tells whether it was the source that failed. */
class Asking {
  readonly #source: AsyncIterable<Addresses>;
  failed = false;

  /** @param limit of the whole answer; a source that is silent beyond it is left to its own limits */
  constructor(source: AsyncIterable<Addresses>, limit: Limit | undefined) {
    this.#source = limit ? within(source, limit) : source;
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    let text = "";
    try {
      for await (const some of this.#source) {
        text += typeof some === "string" ? `${some}\n` : lines(some);
        if (text.length < BUFFER) continue;
        yield Buffer.from(text);
        text = "";
      }
    } catch (error) {
      this.failed = true;
      throw error;
    }
    yield Buffer.from(text);
  }
}

function lines(addresses: readonly string[]): string {
  return addresses.length === 0 ? "" : `${addresses.join("\n")}\n`;
}

/** How long it is, in the largest unit that fits twice. */
function ago(age: number): string {
  const units = [
    [DAY, "days"],
    [HOUR, "hours"],
    [60_000, "minutes"],
  ] as const;
  const [size, word] = units.find(([one]) => age >= 2 * one) ?? [
    1000,
    "seconds",
  ];
  return `${Math.floor(age / size)} ${word}`;
}
