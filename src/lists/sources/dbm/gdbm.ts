/**
 * Reads a gdbm file by the program gdbm_dump, which comes with gdbm: it locks the file against
 * writers. The dump tells how many entries there are, and must have its last line.
 */
import { linesOf, unbroken } from "../../../base/lines.ts";
import { outputOf } from "../../../base/program.ts";
import { type DbmEntry, LARGEST } from "./bytes.ts";

/** All entries. @param path absolute */
export async function* gdbmEntries(path: string): AsyncGenerator<DbmEntry> {
  yield* dumpedEntries(
    linesOf(unbroken(outputOf("gdbm_dump", [path]), "gdbm_dump")),
  );
}

/**
 * The entries of a dump in the ASCII format: a line `#:len=BYTES`, then base64, for a key and for its
 * value; at the end `#:count=ENTRIES` and `# End of data`.
 */
export async function* dumpedEntries(
  lines: AsyncIterable<string>,
): AsyncGenerator<DbmEntry> {
  let key: Buffer | undefined;
  let open: { readonly length: number; text: string } | undefined;
  let entries = 0;
  let counted: number | undefined;
  let ended = false;
  for await (const line of lines) {
    if (!line.startsWith("#")) {
      if (open && open.text.length <= 2 * LARGEST) open.text += line;
      continue;
    }
    if (open) {
      const datum = Buffer.from(open.text, "base64");
      if (datum.length !== open.length) throw notWhole();
      open = undefined;
      if (key === undefined) key = datum;
      else {
        yield { key, value: datum };
        key = undefined;
        entries += 1;
      }
    }
    const [, name, number] = /^#:(len|count)=(\d+)$/.exec(line) ?? [];
    if (name === "len") open = { length: Number(number), text: "" };
    if (name === "count") counted = Number(number);
    if (line === "# End of data") ended = true;
  }
  if (!ended || open || key || counted !== entries) throw notWhole();
}

function notWhole(): Error {
  return new Error(
    "what gdbm_dump printed is not whole: check the file with gdbmtool",
  );
}
