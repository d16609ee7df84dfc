/**
 * Archives out of mailboxes and folders. What is read in gets numbers behind those that are there; a post that is there
 * already, by its bytes or its Message-ID, is passed over, so that a file may be read again after a crash.
 */
import { createHash } from "node:crypto";
import { DAY } from "../base/units.ts";
import { numbersOf, recentOf } from "../lists/sequence.ts";
import { dropTicket } from "../lists/ticket.ts";
import { parseDate } from "../mail/date.ts";
import { type Header, parseHeader } from "../mail/header.ts";
import type { Boxed } from "../mail/mbox.ts";
import { messageIdHash } from "../mail/messageidhash.ts";
import { referencesOf } from "../mail/references.ts";
import type { Catalogue } from "./catalogue.ts";
import { cameIn } from "./reading.ts";
import { store } from "./store.ts";
import { buriedIn } from "./tombstones.ts";

/** What became of a message. */
export interface Imported {
  /** Where it begins, as its source tells. */
  readonly line: number;
  readonly kind: "stored" | "known" | "taken out" | "too large" | "no message";
  /** The number that it has in the archive. */
  readonly number?: number | undefined;
}

export interface Importing {
  /** Also what has a Message-ID that is known, where its bytes are others. */
  readonly doubles: boolean;
  /** It is only told, not done. */
  readonly dryRun: boolean;
  /** Milliseconds since 1970: the time of what says none. */
  readonly now: number;
}

/** Posts that are stored before the index learns of them. */
const BATCH = 200;

/** Messages that a mailbox had, by what makes them one. */
class Met {
  readonly #index: Catalogue["index"];
  /** Those that the index does not know yet. */
  readonly #ids = new Map<string, number>();
  readonly #sums = new Map<string, number>();

  constructor(index: Catalogue["index"]) {
    this.#index = index;
  }

  /** The number of the same message; 0 where it has none yet. */
  find(sum: string, id: string | undefined): number | undefined {
    const same = this.#sums.get(sum) ?? this.#index.bySum(sum)?.number;
    if (same !== undefined || id === undefined) return same;
    return this.#ids.get(id) ?? this.#index.byId(id)?.number;
  }

  add(sum: string, id: string | undefined, number: number): void {
    this.#sums.set(sum, number);
    if (id !== undefined) this.#ids.set(id, number);
  }

  /** The index knows them now, so nobody asks for their tickets any more. */
  forget(archiveDir: string): void {
    const recent = recentOf(numbersOf(archiveDir));
    for (const sum of this.#sums.keys()) dropTicket(recent, ticketId(sum));
    this.#ids.clear();
    this.#sums.clear();
  }
}

/**
 * Takes messages into an archive whose catalogue is up to it, and brings the catalogue up to it again.
 * Throws what they throw, and the file system's errors.
 */
export async function* importAll(
  catalogue: Catalogue,
  messages: AsyncIterable<Boxed>,
  { doubles, dryRun, now }: Importing,
): AsyncGenerator<Imported> {
  const met = new Met(catalogue.index);
  const graves = [...buriedIn(catalogue.dir).values()];
  const buried = {
    sums: new Set(graves.map(({ sha256 }) => sha256)),
    hashes: new Set(doubles ? [] : graves.map(({ hash }) => hash)),
  };
  let stored = 0;
  for await (const { content, from, line } of messages) {
    const header = content && parseHeader(content).header;
    if (!content || !header || header.names().length === 0) {
      yield { line, kind: content ? "no message" : "too large" };
      continue;
    }
    const sum = createHash("sha256").update(content).digest("hex");
    const id = doubles ? undefined : referencesOf(header).id;
    const hash = messageIdHash(header.get("Message-ID"));
    if (buried.sums.has(sum) || buried.hashes.has(hash ?? "-")) {
      yield { line, kind: "taken out" };
      continue;
    }
    const known = met.find(sum, id);
    if (known !== undefined) {
      yield { line, kind: "known", number: known || undefined };
      continue;
    }
    const date = dateFor(header, from, now);
    const number = dryRun ? 0 : await kept(catalogue.dir, content, sum, date);
    met.add(sum, id, number);
    stored += 1;
    yield { line, kind: "stored", number: number || undefined };
    if (dryRun || stored % BATCH !== 0) continue;
    await catalogue.catchUp();
    met.forget(catalogue.dir);
  }
  if (dryRun) return;
  await catalogue.catchUp();
  met.forget(catalogue.dir);
}

async function kept(
  archiveDir: string,
  content: Buffer,
  sum: string,
  date: Date,
): Promise<number> {
  // After a crash the same message finds its number.
  const place = { archiveDir, id: ticketId(sum), content: [content] };
  return (await store({ ...place, date, time: date })).number;
}

function ticketId(sum: string): string {
  return `import-${sum.slice(0, 40)}`;
}

/** When a message came in, as far as anything tells. */
function dateFor(header: Header, from: string, now: number): Date {
  // A stranger may have written any of them.
  const canBe = (date: Date | undefined) =>
    date && date.getTime() >= 0 && date.getTime() <= now + DAY
      ? date
      : undefined;
  return (
    canBe(cameIn(header)) ??
    canBe(dateIn(from)) ??
    canBe(parseDate(header.get("Date") ?? "")) ??
    new Date(now)
  );
}

/** The date in a line `From somebody Thu Nov  5 08:07:06 2026`; UTC where it names no zone. */
export function dateIn(line: string): Date | undefined {
  const [, month, day, time, zone = "", year, behind = ""] =
    /\b([A-Z][a-z]{2})\s+(\d{1,2})\s+(\d{1,2}:\d{2}(?::\d{2})?)\s+(?:([A-Z]{2,5}|[+-]\d{4})\s+)?(\d{4})(?:\s+([+-]\d{4}))?/.exec(
      line,
    ) ?? [];
  return month
    ? parseDate(`${day} ${month} ${year} ${time} ${behind || zone || "+0000"}`)
    : undefined;
}
