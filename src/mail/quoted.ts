/**
 * A message as it stands in a mailbox of the form mboxrd: before `From ` at the beginning of a line, and any
 * number of `>` before it, one `>` more, so that reading takes back exactly what writing did (RFC 4155 and
 * mbox(5)). Nothing else is changed, whatever the bytes are. Memory is flat. Pure.
 */

const LF = 10;
const GT = 62;
const FROM = Buffer.from("From ");

/** The quoted bytes; the last line is ended, and an empty one follows. */
export async function* quoted(
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  /** Whether the line so far is nothing but `>`. */
  let isOpen = true;
  let last = LF;
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of content) {
    const bytes =
      held.length > 0 ? Buffer.concat([held, chunk]) : Buffer.from(chunk);
    const end = bytes.length - cutAt(bytes);
    held = bytes.subarray(end);
    if (end === 0) continue;
    const ready = bytes.subarray(0, end);
    yield Buffer.concat([...withQuotes(ready, isOpen)]);
    isOpen = isOpenAt(ready, end, isOpen);
    last = ready[end - 1] ?? last;
  }
  if (held.length > 0) {
    yield held;
    last = held.at(-1) ?? last;
  }
  yield Buffer.from(last === LF ? "\n" : "\n\n");
}

/** How many bytes at the end may be the beginning of `From `. */
function cutAt(bytes: Buffer): number {
  for (let most = FROM.length - 1; most > 0; most -= 1)
    if (
      bytes.length >= most &&
      FROM.subarray(0, most).equals(bytes.subarray(bytes.length - most))
    )
      return most;
  return 0;
}

function* withQuotes(bytes: Buffer, isOpen: boolean): Generator<Buffer> {
  let done = 0;
  for (
    let at = bytes.indexOf(FROM);
    at >= 0;
    at = bytes.indexOf(FROM, at + FROM.length)
  )
    if (isOpenAt(bytes, at, isOpen)) {
      yield bytes.subarray(done, at);
      yield Buffer.from(">");
      done = at;
    }
  yield bytes.subarray(done);
}

/**
 * Whether the line that `end` is in is nothing but `>` so far.
 * @param isOpen whether it was so before these bytes
 */
function isOpenAt(bytes: Buffer, end: number, isOpen: boolean): boolean {
  let at = end - 1;
  while (at >= 0 && bytes[at] === GT) at -= 1;
  return at < 0 ? isOpen : bytes[at] === LF;
}
