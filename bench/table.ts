/**
 * Results as an aligned table. Pure.
 */

export interface Row {
  readonly name: string;
  readonly figure: number;
  readonly unit: string;
  /** The reference's figure, measured in the same run. */
  readonly reference?: number;
}

/** What a benchmark found, or why it could not run. */
export type Result =
  | { readonly title: string; readonly rows: readonly Row[] }
  | { readonly title: string; readonly skipped: string };

/** The text, with a line end. */
export function table(result: Result): string {
  if ("skipped" in result)
    return `${result.title}\n  skipped: ${result.skipped}\n`;
  const cells = result.rows.map((row) => [
    row.name,
    Math.round(row.figure).toLocaleString("en"),
    row.unit,
    row.reference === undefined
      ? ""
      : `${(row.figure / row.reference).toFixed(2)} of the reference`,
  ]);
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(0, ...cells.map((it) => it[column]?.length ?? 0)),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, column) =>
        column === 1
          ? cell.padStart(widths[column] ?? 0)
          : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  return `${result.title}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
