/**
 * Random spools for a person's hand, and a look at who waits in them that knows the files alone.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { noLog } from "../../../src/base/log.ts";
import type { Choice } from "../../../src/engine/hand/choice.ts";
import type { Tools } from "../../../src/engine/hand/hold.ts";
import { formatNotes, type Note } from "../../../src/engine/notes.ts";
import { domainKeyOf, mailboxKeyOf } from "../../../src/mail/address.ts";
import type { Envelope } from "../../../src/spool/envelope.ts";
import {
  birth,
  formatName,
  laneOf,
  newId,
  parseName,
} from "../../../src/spool/name.ts";
import { Spool } from "../../../src/spool/spool.ts";

/** 2026-01-01, in seconds. */
export const now = 1_767_225_600;
/** Recipients of an entry above which a list is still to be cut. */
export const portion = 4;
export const text = "Subject: one\n\nHello.\n";
const given = "m0@a.example\n";

export interface Wanted {
  readonly queue: "outbound" | "held";
  readonly recipients: readonly string[];
  /** One after the other, as they came about. */
  readonly notes?: readonly Note[];
  /** Seconds from now. */
  readonly due?: number;
  readonly attempt?: number;
  readonly list?: string;
  /** Lines of other entries before and behind its own: it has a portion of the file then. */
  readonly around?: readonly [number, number];
  /** A consumer is through with it. */
  readonly done?: boolean;
}

const domains = ["a.example", "b.example", "A.Example", "bücher.example"];

const note = fc.record({
  place: fc.integer({ min: 1, max: 9 }),
  kind: fc.constantFrom<Note["kind"]>("sent", "later", "never", "dropped"),
  reply: fc.constantFrom("450 4.2.1 busy", "451 try again"),
});

const wanted: fc.Arbitrary<Wanted> = fc.record(
  {
    queue: fc.constantFrom("outbound", "outbound", "held"),
    recipients: fc.array(
      fc
        .tuple(
          fc.constantFrom("m0", "m1", "M1", "m2", "m3", "m4"),
          fc.constantFrom(...domains),
        )
        .map(([local, domain]) => `${local}@${domain}`),
      { minLength: 1, maxLength: 9 },
    ),
    notes: fc.oneof(fc.constant([]), fc.array(note, { maxLength: 8 })),
    due: fc.constantFrom(-60, 0, 1, 600, 600, 600),
    attempt: fc.constantFrom(0, 1, 1, 3),
    list: fc.constantFrom("news@x.org", "talk@x.org"),
    around: fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 })),
    done: fc.boolean(),
  },
  { requiredKeys: ["queue", "recipients", "due", "attempt", "done"] },
);

export const spools = fc.array(wanted, { minLength: 1, maxLength: 6 });

/** Who may be meant. */
export const choices: fc.Arbitrary<Choice> = fc
  .tuple(
    fc.constantFrom(
      "a.example",
      "B.EXAMPLE",
      "xn--bcher-kva.example",
      "c.example",
      "m1@a.example",
      "M2@B.example",
    ),
    fc.option(fc.constant("news@x.org"), { nil: undefined }),
  )
  .map(([who, list]) => ({
    has: who.includes("@")
      ? (address: string) => mailboxKeyOf(address) === mailboxKeyOf(who)
      : (address: string) => domainKeyOf(address) === domainKeyOf(`@${who}`),
    words: (count: number) => `${count} of ${who}`,
    ...(list ? { list } : {}),
  }));

export function choiceOf(domain: string): Choice {
  return {
    has: (address) => domainKeyOf(address) === domain,
    words: (count) => `${count} of ${domain}`,
  };
}

export function spoolIn(dir: string): Spool {
  mkdirSync(dir, { recursive: true });
  const spool = new Spool(dir);
  for (const queue of ["outbound", "held"]) spool.make(queue);
  return spool;
}

export function toolsFor(spool: Spool, more: Partial<Tools> = {}): Tools {
  return {
    spool,
    node: {
      name: "hand",
      holds: () => true,
      serverTime: () => now * 1000,
      isDead: async () => false,
      leave: async () => {},
    },
    clock: { now: () => now * 1000 },
    log: noLog,
    portion,
    signal: new AbortController().signal,
    tell: () => {},
    ...more,
  };
}

/** Writes an entry. @param folder where, instead of among what waits @returns its name */
export function put(spool: Spool, wish: Wanted, folder?: string): string {
  const { queue, recipients, notes = [], due = 0, attempt = 0, list } = wish;
  const lane = laneOf(list ?? "", "post", recipients.length);
  const id = newId((now - 3600) * 1000);
  const file = formatName({ due: now + due, attempt, id, lane });
  const path = join(folder ?? spool.waiting(queue), file);
  mkdirSync(path, { recursive: true });
  const [before, after] = wish.around ?? [0, 0];
  const other = "other@a.example\n";
  const own = recipients.map((address) => `${address}\n`).join("");
  const start = before * other.length;
  const range = {
    start,
    end: start + Buffer.byteLength(own),
    count: recipients.length,
  };
  const envelope: Envelope = {
    sender: "news-bounces@x.org",
    recipient: "",
    origin: "posts/1",
    received: "2026-01-01T00:00:00.000Z",
    history: [],
    given: [{ hook: "a", file: "given", start: 0, end: given.length }],
    ...(list ? { list } : {}),
    ...(wish.around ? { portion: range } : {}),
  };
  const write = (name: string, content: string) =>
    writeFileSync(join(path, name), content);
  write("message", text);
  write("given", given);
  write("envelope.json", JSON.stringify(envelope));
  write("recipients", other.repeat(before) + own + other.repeat(after));
  const lines = notes.flatMap((note) => formatNotes([note]));
  if (wish.done) lines.unshift("done\t50-emit/1");
  if (lines.length > 0)
    write("progress", lines.map((line) => `${line}\n`).join(""));
  return file;
}

/** A recipient of an entry. */
export interface Seen {
  readonly address: string;
  readonly queue: string;
  readonly list: string;
  readonly due: number;
  readonly attempt: number;
  readonly born: number;
  readonly reply: string;
  /** Whether a consumer is through with its entry. */
  readonly done: boolean;
}

export interface Sight {
  /** Who is to be served. */
  readonly waiting: Seen[];
  /** Who failed, and nobody was told. */
  readonly failed: Pick<Seen, "address" | "queue" | "reply">[];
  /** What is not as it should be. */
  readonly wrong: string[];
}

/** Looks at all that waits. */
export function see(spool: Spool): Sight {
  const sight: Sight = { waiting: [], failed: [], wrong: [] };
  for (const queue of ["outbound", "held"]) {
    for (const file of readdirSync(spool.waiting(queue)))
      seeEntry(sight, queue, file, join(spool.waiting(queue), file));
    for (const folder of [spool.writing(queue), spool.claimed(queue, "hand")])
      for (const file of names(folder)) sight.wrong.push(join(folder, file));
  }
  return sight;
}

function seeEntry(
  sight: Sight,
  queue: string,
  file: string,
  path: string,
): void {
  const name = parseName(file);
  if (!name) throw new Error(file);
  const read = (name: string) => readFileSync(join(path, name), "utf8");
  const envelope = JSON.parse(read("envelope.json")) as Envelope;
  const { portion: range, list = "" } = envelope;
  const bytes = readFileSync(join(path, "recipients"));
  const lines = bytes
    .subarray(range?.start ?? 0, range?.end)
    .toString()
    .trimEnd()
    .split("\n");
  const kinds = new Map<number, { kind: string; reply: string }>();
  for (const line of progressOf(path)) {
    const [kind = "", places = "", reply = ""] = line.split("\t");
    for (const place of kind === "done" ? [] : placesOf(places)) {
      const known = kinds.get(place)?.kind ?? "later";
      if (known === "later") kinds.set(place, { kind, reply });
    }
  }
  const done = new Set(
    lines.filter((_, at) => (kinds.get(at + 1)?.kind ?? "later") !== "later"),
  );
  const { due, attempt, id } = name;
  const isThrough = progressOf(path).includes("done\t50-emit/1");
  const entry = { list, due, attempt, born: birth(id), done: isThrough };
  for (const [at, address] of lines.entries()) {
    const { kind, reply = "" } = kinds.get(at + 1) ?? {};
    const one = { address, queue, reply };
    if (kind === "never") sight.failed.push(one);
    if (done.has(address)) continue;
    sight.waiting.push({ ...one, ...entry });
  }
  if (read("message") !== text) sight.wrong.push(`${file}: message`);
  if (read("given") !== given) sight.wrong.push(`${file}: given`);
  if (name.lane?.size !== lines.length) sight.wrong.push(`${file}: lane`);
  if (range && range.count !== lines.length)
    sight.wrong.push(`${file}: portion`);
}

function placesOf(ranges: string): number[] {
  return ranges.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}

function progressOf(path: string): string[] {
  return names(path).includes("progress")
    ? readFileSync(join(path, "progress"), "utf8").trimEnd().split("\n")
    : [];
}

export function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** As a multiset. */
export function bag(all: readonly unknown[]): string[] {
  return all.map((one) => JSON.stringify(one)).sort();
}
