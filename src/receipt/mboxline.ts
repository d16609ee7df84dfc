/**
 * The line "From sender date" that some MTAs write above a header when they pipe a message. Pure.
 */

/** Bytes of the longest such line. */
const LINE = 64 * 1024;

/** The same bytes without it. Memory is flat. */
export async function* withoutMboxLine(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of source) {
    if (start === undefined) {
      yield chunk;
      continue;
    }
    start = Buffer.concat([start, chunk]);
    if (start.length < 5) continue;
    const isMbox = start.toString("latin1", 0, 5) === "From ";
    const end = start.indexOf(10);
    if (isMbox && end < 0 && start.length < LINE) continue;
    yield isMbox && end >= 0 ? start.subarray(end + 1) : start;
    start = undefined;
  }
  if (start && start.length > 0) yield start;
}
