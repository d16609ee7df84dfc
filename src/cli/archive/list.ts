/** `archive list` and `archive search`: posts, the newest last. */
import { matchOf } from "../../archive/query.ts";
import { exit, Failure } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";
import type { IndexRow } from "../../state/postIndex.ts";
import type { Order } from "../archive.ts";
import { wholeNumber } from "../context.ts";
import { writeJson, writeLines } from "../output.ts";
import { withIndex } from "./catalogue.ts";

/** Posts that are shown where no number is said. */
const MOST = 50;

/** With words a search. */
export async function list(order: Order): Promise<number> {
  const { context, rest, values } = order;
  const { from, until, before, most } = values;
  const chosen = {
    ...(rest.length > 0 && { match: matchOf(rest.join(" ")) }),
    ...(from !== undefined && { from: dayOf(from, "--from").start }),
    ...(until !== undefined && { until: dayOf(until, "--until").end }),
    ...(before !== undefined && { before: wholeNumber(before, "--before") }),
  };
  const wanted = most === undefined ? MOST : wholeNumber(most, "--most");
  return withIndex(order, async ({ index }) => {
    const rows = index.choose({ ...chosen, most: wanted });
    if (context.json) await writeJson(shown(rows));
    else await writeLines(lines(rows));
    return exit.ok;
  });
}

function* shown(rows: Iterable<IndexRow>) {
  for (const row of rows) yield jsonOf(row);
}

/** A post as it is told to programs. */
export function jsonOf({ id, date, thread, references, ...row }: IndexRow) {
  return {
    number: row.number,
    date: new Date(date).toISOString(),
    message_id: id,
    hash: row.hash,
    thread,
    subject: row.subject,
    author: row.author,
    name: row.name,
    bytes: row.bytes,
    sha256: row.sum,
    references,
    attachments: row.attachments,
  };
}

function* lines(rows: Iterable<IndexRow>): Generator<string> {
  let count = 0;
  for (const row of rows) {
    count += 1;
    yield lineOf(row);
  }
  if (count === 0) yield "there are no such posts";
}

/** `17  2026-01-31  Anna  The trip`. */
export function lineOf({
  number,
  date,
  author,
  name,
  subject,
  attachments,
}: IndexRow): string {
  const day = new Date(date).toISOString().slice(0, 10);
  const who = oneLine(name || author, 30).padEnd(20);
  const more = attachments.length > 0 ? ` [${attachments.length}]` : "";
  return `${String(number).padStart(6)}  ${day}  ${who}  ${oneLine(subject, 100)}${more}`;
}

/** The span of 2026, 2026-01 or 2026-01-31 in UTC, milliseconds. Throws Failure 64 for all else. */
function dayOf(text: string, option: string): { start: number; end: number } {
  const [, year, month, day] =
    /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text) ?? [];
  const start = Date.parse(`${year}-${month ?? "01"}-${day ?? "01"}T00:00:00Z`);
  const isDay =
    !Number.isNaN(start) && new Date(start).toISOString().startsWith(text);
  if (year === undefined || !isDay)
    throw new Failure(
      exit.usage,
      `${option} takes 2026, 2026-01 or 2026-01-31, not "${text}"`,
    );
  const next = new Date(start);
  if (day !== undefined) next.setUTCDate(next.getUTCDate() + 1);
  else if (month !== undefined) next.setUTCMonth(next.getUTCMonth() + 1);
  else next.setUTCFullYear(next.getUTCFullYear() + 1);
  return { start, end: next.getTime() };
}
