/**
 * What a message that a broker brought is for a program: bytes for stdin, and what it is told of them. A
 * large message is read from the archive, and only where it is the one that is meant.
 */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { errnoOf, messageOf } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";
import { chunks, type Piece } from "../../base/pieces.ts";
import type { Envelope, Reference } from "../envelope.ts";

export interface Content {
  readonly stdin: readonly Piece[];
  /** SHA-256 of what it is about: two under one id are different messages where this differs. */
  readonly digest: string;
}

/**
 * @param archive the folder archive/ of the home, or a copy; undefined where there is none here
 * @returns a sentence where it cannot be had
 */
export async function contentOf(
  envelope: Envelope,
  archive: string | undefined,
): Promise<Content | string> {
  if ("raw" in envelope && typeof envelope.raw === "string")
    return whole(Buffer.from(envelope.raw, "base64"));
  if ("reference" in envelope && envelope.reference)
    return referred(envelope.reference as Reference, archive);
  return whole(Buffer.from(`${JSON.stringify(envelope.event)}\n`));
}

function whole(bytes: Buffer): Content {
  const digest = createHash("sha256").update(bytes).digest("hex");
  return { stdin: [bytes], digest };
}

async function referred(
  { path, bytes, sha256 }: Reference,
  archive: string | undefined,
): Promise<Content | string> {
  if (archive === undefined)
    return `it is large and lies in the archive (${oneLine(path, 300)}): say where that is with --archive DIR`;
  // Whoever can write to the broker shall not choose among all files.
  if (!/^[^/]+\/numbers\/\d+\/\d+$/.test(path) || path.startsWith(".."))
    return `${oneLine(path, 300)} is no place in an archive`;
  const file = resolve(archive, path);
  const found = sizeOf(file);
  if (typeof found === "string")
    return `${oneLine(path, 300)} cannot be read: ${found}`;
  if (found !== bytes) return `${file} is not there, or not as it was`;
  const stdin = [{ path: file, start: 0, end: bytes }];
  const digest = await digestOf(stdin);
  if (digest !== sha256) return `${file} is not there, or not as it was`;
  return { stdin, digest };
}

/** @returns why there is none; undefined: there is no such file */
function sizeOf(file: string): number | string | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })?.size;
  } catch (error) {
    return errnoOf(error) ?? messageOf(error);
  }
}

async function digestOf(pieces: readonly Piece[]): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of chunks(pieces)) hash.update(chunk);
  } catch (error) {
    return errnoOf(error) ?? "unreadable";
  }
  return hash.digest("hex");
}

/** LISTMILL_…: one line each, without control characters. */
export function variablesOf(envelope: Envelope): Record<string, string> {
  const { number, message_id, hash, permalink } = envelope as Partial<
    Record<string, unknown>
  >;
  const all = {
    LISTMILL_ID: envelope.id,
    LISTMILL_KIND: envelope.kind,
    LISTMILL_LIST: envelope.list.address,
    LISTMILL_NUMBER: number,
    LISTMILL_MESSAGE_ID: message_id,
    LISTMILL_HASH: hash,
    LISTMILL_PERMALINK: permalink,
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [
      name,
      oneLine(`${value ?? ""}`, 4096),
    ]),
  );
}
