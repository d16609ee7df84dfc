/**
 * Long output: what is listed goes to stdout row by row, so that memory is flat however long it is.
 */

/** Writes to stdout and waits where the reader is slower. */
export async function write(text: string): Promise<void> {
  if (!process.stdout.write(text))
    await new Promise((done) => process.stdout.once("drain", done));
}

/** Bytes that are worth a write. */
const CHUNK = 64 * 1024;

/** Writes lines, many at once. */
export async function writeLines(
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  let text = "";
  for await (const line of lines) {
    text += `${line}\n`;
    if (text.length < CHUNK) continue;
    await write(text);
    text = "";
  }
  if (text !== "") await write(text);
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
