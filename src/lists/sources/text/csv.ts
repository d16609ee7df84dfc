/**
 * A table of addresses: CSV (RFC 4180), one column of it. Rows may differ in length; quotes that do
 * not match throw with the line, for what follows them cannot be told apart. The only importer of
 * csv-parse.
 */
import { pipeline } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { oneLine, plural } from "../../../base/log.ts";
import { fromLine } from "../../../mail/address.ts";
import { oneAddress, type SourceContext } from "../context.ts";

/** Characters of a row: an open quote must not swallow the rest of a large file. */
const LONGEST = 1024 * 1024;

/**
 * @param name of the text, for errors that tell a line
 * @param column a name in the first row, or a number from 1; undefined: the first
 * @param separator one character
 */
export async function* addressesOfCsv(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  column: string | number | undefined,
  separator: string,
  context: SourceContext,
): AsyncGenerator<string[]> {
  const parser = parse({
    delimiter: separator,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST,
  });
  // What goes wrong reaches whoever reads the rows.
  pipeline(bytes, parser, () => {});
  let index: number | undefined;
  let found: string[] = [];
  try {
    for await (const row of parser as AsyncIterable<string[]>) {
      if (index === undefined) {
        index = indexOf(column, row, name);
        const first = fromLine(row[index] ?? "");
        if (typeof column === "string" || first === undefined) continue;
      }
      const cell = row[index];
      if (cell === undefined)
        context.refused(
          oneLine(row.join(separator), 150),
          `a row of ${plural(row.length, "column", "columns")}`,
        );
      else found.push(...oneAddress(cell, context));
      if (found.length < 1000) continue;
      yield found;
      found = [];
    }
  } catch (error) {
    throw error instanceof CsvError ? broken(error, name) : error;
  }
  // Not even a first row to name the column.
  if (index === undefined) indexOf(column, [], name);
  if (found.length > 0) yield found;
}

/** Where the column is, from 0. */
function indexOf(
  column: string | number | undefined,
  row: readonly string[],
  name: string,
): number {
  if (typeof column !== "string") return (column ?? 1) - 1;
  const plain = (text: string) => text.trim().toLowerCase();
  const index = row.findIndex((cell) => plain(cell) === plain(column));
  if (index >= 0) return index;
  if (row.length === 0)
    throw new Error(`${name}: the file is empty, without a column ${column}`);
  throw new Error(
    `${name}:1: there is no column ${column}; there are ${oneLine(row.join(", "), 200)}`,
  );
}

function broken(error: CsvError, name: string): Error {
  return new Error(
    `${name}:${error.lines ?? "?"}: not valid CSV: ${oneLine(error.message, 200)}`,
    { cause: error },
  );
}
