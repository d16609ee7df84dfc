/**
 * Messages on disk have LF line ends. A file whose first line ends in CRLF is rewritten once,
 * before anything was decided about it; line ends inside a message that begins with LF are the
 * author's own and stay. Memory is flat.
 */
import { closeSync, openSync, readSync } from "node:fs";

/** Whether the first line of a file ends in CRLF. */
export function hasCrlf(path: string): boolean {
  const head = Buffer.alloc(4096);
  const fd = openSync(path, "r");
  try {
    const end = head.subarray(0, readSync(fd, head)).indexOf(10);
    return end > 0 && head[end - 1] === 13;
  } finally {
    closeSync(fd);
  }
}

/** The content with each CRLF as LF; a bare CR stays. */
export async function* withoutCrlf(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let held = false;
  for await (const chunk of source) {
    const from = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const to = Buffer.allocUnsafe(from.length + 1);
    let at = 0;
    for (const byte of from) {
      if (held && byte !== 10) to[at++] = 13;
      held = byte === 13;
      if (!held) to[at++] = byte;
    }
    if (at > 0) yield to.subarray(0, at);
  }
  if (held) yield Buffer.from("\r");
}
