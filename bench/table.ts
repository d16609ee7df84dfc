/**
 * Results as an aligned table: a figure beside what it cost, and its ratios to the references of the
 * same run. Pure.
 */

export interface Figure {
  readonly name: string;
  readonly figure: number;
  readonly unit: string;
  /** Processor seconds, user and system, of all processes that did it. */
  readonly cpu?: number;
  /** On how many recipients, posts or messages these were spent. */
  readonly count?: number;
  /** Peak resident memory, in megabytes. */
  readonly memory?: number;
  /** Figures of the same unit that were measured in the same run, by the name of what was measured. */
  readonly references?: Readonly<Record<string, number>>;
}

/** What could not be measured, and why. */
export interface Skip {
  readonly name: string;
  readonly skipped: string;
}

export type Row = Figure | Skip;

/** What a benchmark found, or why it could not run. */
export type Result =
  | { readonly title: string; readonly rows: readonly Row[] }
  | { readonly title: string; readonly skipped: string };

/** Columns of numbers stand at their right edge. */
const NUMBERS = new Set([1, 3, 4, 5]);

/** The text, with a line end. */
export function table(result: Result): string {
  if ("skipped" in result)
    return `${result.title}\n  skipped: ${result.skipped}\n`;
  const figures = result.rows.filter((row) => "figure" in row);
  const widths = [0, 1, 2, 3, 4, 5, 6].map((column) =>
    Math.max(0, ...figures.map((row) => cellsOf(row)[column]?.length ?? 0)),
  );
  widths[0] = Math.max(0, ...result.rows.map(({ name }) => name.length));
  const lines = result.rows.map((row) => line(row, widths));
  return `${result.title}\n${lines.map((it) => `  ${it}\n`).join("")}`;
}

function line(row: Row, widths: readonly number[]): string {
  if ("skipped" in row)
    return `${row.name.padEnd(widths[0] ?? 0)}  skipped: ${row.skipped}`;
  return cellsOf(row)
    .map((cell, column) => {
      const width = widths[column] ?? 0;
      return NUMBERS.has(column) ? cell.padStart(width) : cell.padEnd(width);
    })
    .filter((_, column) => widths[column] !== 0)
    .join("  ")
    .trimEnd();
}

function cellsOf(row: Figure): string[] {
  const { cpu, count, memory, references } = row;
  return [
    row.name,
    number(row.figure),
    row.unit,
    cpu === undefined ? "" : `${cpu.toFixed(2)} s CPU`,
    cpu === undefined || !count ? "" : `${number((cpu / count) * 1e6)} µs each`,
    memory === undefined ? "" : `${number(memory)} MB`,
    Object.entries(references ?? {})
      .map(([name, figure]) => `${number(row.figure / figure)} of ${name}`)
      .join(", "),
  ];
}

/** Three digits that count, at least. */
function number(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
