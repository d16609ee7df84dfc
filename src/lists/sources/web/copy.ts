/**
 * The last answer of a web server as a file: a line of JSON with what the server said of it, then
 * the body. It is replaced whole; after a crash there is the old or the new one.
 */
import { type FileHandle, open } from "node:fs/promises";
import { errnoOf } from "../../../base/errors.ts";
import type { Validators } from "./request.ts";

/** Characters of a line that ETag and Last-Modified may have together. */
const HEAD = 4096;

export interface Copy {
  readonly validators: Validators;
  /** The body, as often as it is asked for; the file stays the one that was opened. */
  bytes(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** What is to be written. */
export async function* copyOf(
  validators: Validators,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const head = `${JSON.stringify(validators)}\n`;
  yield Buffer.from(head.length < HEAD ? head : "{}\n");
  yield* body;
}

/** Opens a copy; undefined where there is none that can be used. */
export async function openCopy(path: string): Promise<Copy | undefined> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
  const end = buffer.subarray(0, bytesRead).indexOf(10);
  const validators = read(buffer.toString("utf8", 0, Math.max(end, 0)));
  if (validators)
    return {
      validators,
      bytes: () => file.createReadStream({ start: end + 1, autoClose: false }),
      close: () => file.close(),
    };
  await file.close();
  return undefined;
}

function read(head: string): Validators | undefined {
  try {
    const { etag, modified } = JSON.parse(head) as Record<string, unknown>;
    return {
      etag: typeof etag === "string" ? etag : undefined,
      modified: typeof modified === "string" ? modified : undefined,
    };
  } catch {
    return undefined;
  }
}
