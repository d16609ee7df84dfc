/**
 * The shape of a queue as people read it, and as JSON: most first, in all tables.
 */
import { oneLine, plural } from "../../base/log.ts";
import type { Context } from "../context.ts";
import { write } from "../output.ts";
import { AGES, DOMAINS, type Row, type Shape } from "./shape.ts";

/** Rows of each table; what is left comes in one row more. */
const SHOWN = 20;

const ageNames = [...AGES.map(String), `${AGES.at(-1)}+`];

/** Those of a domain to whom the same was said last. */
interface Reason {
  /** Undefined for all that are not counted one by one. */
  readonly domain: string | undefined;
  readonly reply: string;
  readonly recipients: number;
}

export async function showShape(
  { json, say }: Context,
  queue: string,
  shape: Shape,
): Promise<void> {
  if (json) for (const text of jsonOf(queue, shape)) await write(text);
  else if (shape.entries + shape.unread.length === 0) say("nothing waits");
  else for (const line of linesOf(queue, shape)) say(line);
}

function* linesOf(queue: string, shape: Shape): Generator<string> {
  const wait = plural(shape.recipients, "recipient waits", "recipients wait");
  const entries = plural(shape.entries, "entry", "entries");
  if (shape.recipients === 0) {
    yield `${queue}: ${wait} in ${entries}`;
    return;
  }
  yield `${queue}: ${wait} in ${entries}; by the age of the post, in minutes:`;
  yield "";
  yield* domainTable(shape);
  yield "";
  yield* reasonTable(shape);
  yield "";
  for (const [node, recipients] of shape.working)
    if (recipients > 0)
      yield `${plural(recipients, "of them is", "of them are")} at work on ${oneLine(node)}`;
  if (shape.rest)
    yield `domains are counted one by one up to ${DOMAINS}; the rest of them are others`;
}

function* domainTable(shape: Shape): Generator<string> {
  const cellsOf = (name: string, { recipients, ages }: Counts) => [
    name,
    ...[recipients, ...ages].map(String),
  ];
  const rows = mostFirst([...shape.rows.values()]);
  const rest = shape.rest ? [shape.rest] : [];
  const others = [...rows.slice(SHOWN), ...rest];
  const cells = rows
    .slice(0, SHOWN)
    .map((row) => cellsOf(domainShown(row.domain), row));
  if (others.length > 0)
    cells.push(
      cellsOf(
        othersShown(others.length, shape.rest !== undefined),
        sum(others),
      ),
    );
  cells.push(cellsOf("total", sum([...rows, ...rest])));
  yield* aligned([["domain", "recipients", ...ageNames], ...cells], [0]);
}

function* reasonTable(shape: Shape): Generator<string> {
  const reasons = reasonsOf(shape);
  const cells = reasons
    .slice(0, SHOWN)
    .map(({ recipients, domain, reply }) => [
      String(recipients),
      domainShown(domain),
      reply,
    ]);
  const others = reasons.slice(SHOWN);
  const rest = others.reduce((sum, { recipients }) => sum + recipients, 0);
  if (others.length > 0)
    cells.push([String(rest), othersShown(others.length, false), ""]);
  yield* aligned([["recipients", "domain", "reason"], ...cells], [1, 2]);
}

/** One object, a row a line. */
function* jsonOf(queue: string, shape: Shape): Generator<string> {
  const { entries, recipients, rest, unread } = shape;
  const counts = ({ recipients, ages }: Counts) => ({
    recipients,
    ages: Object.fromEntries(ageNames.map((name, at) => [name, ages[at]])),
  });
  const working = [...shape.working].map(([node, recipients]) => ({
    node,
    recipients,
  }));
  const head = {
    queue,
    entries,
    recipients,
    working,
    ...(rest ? { others: counts(rest) } : {}),
    ...(unread.length > 0 ? { unread } : {}),
  };
  yield JSON.stringify(head).slice(0, -1);
  const domains = mostFirst([...shape.rows.values()]);
  yield* rowsOf("domains", domains, (row) => ({
    domain: row.domain,
    ...counts(row),
  }));
  yield* rowsOf("reasons", reasonsOf(shape), (reason) => reason);
  yield "}\n";
}

function* rowsOf<T>(
  name: string,
  rows: readonly T[],
  shown: (row: T) => unknown,
): Generator<string> {
  yield `,\n"${name}":[`;
  for (const [at, row] of rows.entries())
    yield `${at > 0 ? "," : ""}\n${JSON.stringify(shown(row))}`;
  yield "]";
}

function reasonsOf({ rows, rest }: Shape): Reason[] {
  const found: Reason[] = [];
  for (const { domain, reasons } of [...rows.values(), ...(rest ? [rest] : [])])
    for (const [reply, recipients] of reasons)
      found.push({ domain, reply, recipients });
  return mostFirst(found);
}

type Counts = Pick<Row, "recipients" | "ages">;

function sum(rows: readonly Counts[]): Counts {
  const ages = ageNames.map((_, at) =>
    rows.reduce((sum, row) => sum + (row.ages[at] ?? 0), 0),
  );
  return { recipients: ages.reduce((sum, count) => sum + count, 0), ages };
}

function mostFirst<T extends Pick<Reason, "domain" | "recipients">>(
  rows: readonly T[],
): T[] {
  return rows.toSorted(
    (a, b) =>
      b.recipients - a.recipients ||
      ((a.domain ?? "") < (b.domain ?? "") ? -1 : 1),
  );
}

function domainShown(domain: string | undefined): string {
  return domain === undefined ? "others" : oneLine(domain, 60) || "no domain";
}

function othersShown(count: number, isMore: boolean): string {
  return isMore ? "others" : plural(count, "other", "others");
}

/** Rows of a table, figures to the right. @param texts columns to the left */
function* aligned(
  rows: readonly string[][],
  texts: readonly number[],
): Generator<string> {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
  for (const row of rows)
    yield row
      .map((cell, column) =>
        texts.includes(column)
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
}
