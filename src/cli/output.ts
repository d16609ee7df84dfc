/**
 * Long output: what is listed goes to stdout row by row, so that memory is flat however long it is.
 */

/** Writes to stdout and waits where the reader is slower. */
export async function write(text: string): Promise<void> {
  if (!process.stdout.write(text))
    await new Promise((done) => process.stdout.once("drain", done));
}

/** Writes rows as a JSON array, a row a line. */
export async function writeJson(
  rows: AsyncIterable<unknown> | Iterable<unknown>,
): Promise<void> {
  let before = "[";
  for await (const row of rows) {
    await write(`${before}\n${JSON.stringify(row)}`);
    before = ",";
  }
  await write(before === "[" ? "[]\n" : "\n]\n");
}
