// Lists of mlmmj as listmill reads them.
import type { Found } from "../../../src/transfer/found.ts";
import { mlmmj } from "../../../src/transfer/mlmmj.ts";
import { plainList } from "./lists.ts";

export const read = (dir: string, address?: string) => mlmmj(dir, { address });

/** A list with these files in control/. */
export function withControl(
  t: { testdir(): string },
  control: Record<string, string>,
): Promise<Found> {
  const files = Object.entries(control).map(([name, text]) => [
    `control/${name}`,
    text,
  ]);
  return read(plainList(t.testdir(), Object.fromEntries(files)));
}
