/**
 * A file of text that people keep: read whole or not at all, so that nobody on it is missed.
 */
import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** Bytes that are read at once. */
const CHUNK = 128 * 1024;

/** Throws where it is no file, or was written to while it was read: half of it may have been missed. */
export async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  // Without waiting: the open of a named pipe would wait for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) throw new Error(`${path}: not a file`);
    let size = 0n;
    for (;;) {
      const { bytesRead, buffer } = await file.read({
        buffer: Buffer.allocUnsafe(CHUNK),
      });
      if (bytesRead === 0) break;
      size += BigInt(bytesRead);
      yield buffer.subarray(0, bytesRead);
    }
    const after = await file.stat({ bigint: true });
    if (size !== before.size || after.mtimeNs !== before.mtimeNs)
      throw new Error(`${path}: this file was changed while it was read`);
  } finally {
    await file.close();
  }
}

/** Without the mark. Throws where it is that of UTF-16, of which every line would be refused. */
export async function* utf8(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of bytes) {
    if (!isFirst) {
      yield chunk;
      continue;
    }
    isFirst = false;
    const [a, b, c] = chunk;
    if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))
      throw new Error(`${name}: this is UTF-16: save it as UTF-8`);
    const isMarked = a === 0xef && b === 0xbb && c === 0xbf;
    yield isMarked ? chunk.subarray(3) : chunk;
  }
}
