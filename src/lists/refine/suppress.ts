/**
 * Leaves out who is to get nothing: addresses and domains of the files HOME/suppressed and
 * LISTDIR/suppressed and of the state's table. Memory is flat: of very many, some are looked for
 * at a time. A file that is there and cannot be read throws: nobody is mailed by mistake.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, exit, Failure, messageOf } from "../../base/errors.ts";
import { pagesOf, unbroken } from "../../base/lines.ts";
import { oneLine } from "../../base/log.ts";
import {
  canonical,
  domainOf,
  fromLine,
  isPlain,
  keyOf,
} from "../../mail/address.ts";
import type { List } from "../directory.ts";
import { bytesOf, utf8 } from "../sources/text/whole.ts";
import { stateOf } from "../state.ts";
import { MEMORY } from "./distinct.ts";
import type { Asked, Refined } from "./refining.ts";
import { Sieve } from "./sieve.ts";

/** Where suppressed addresses are named. */
export interface Place {
  /** Absolute. */
  readonly home: string;
  readonly list: Pick<List, "address" | "dir">;
}

/** The name of the files. */
const FILE = "suppressed";
/** Broken lines that are named one by one. */
const NAMED = 20;

/** @param memory bytes of addresses that are looked for at a time */
export async function unsuppressed(
  asked: Asked,
  place: Place,
  memory = MEMORY,
): Promise<Refined> {
  let file = await asked.recipientsFile();
  let dropped = 0;
  let sieve: Sieve | undefined;
  const shake = async () => {
    if (!sieve) return;
    const to = asked.scratch();
    const shaken = await sieve.shaken(file, to);
    sieve.free();
    sieve = undefined;
    if (shaken.dropped === 0) return;
    file = to;
    dropped += shaken.dropped;
  };
  const { size, pages } = suppressed(asked, place);
  try {
    for await (const page of pages) {
      sieve ??= new Sieve(Math.min(size, memory));
      for (const key of page) sieve.add(key);
      if (sieve.length > memory) await shake();
    }
    await shake();
  } finally {
    sieve?.free();
  }
  if (dropped === 0) return undefined;
  asked.log(`left out ${dropped} that are suppressed`);
  return { file };
}

/** Whether an address, or its domain, is to get nothing. */
export async function isSuppressed(
  asked: Pick<Asked, "log">,
  { home, list }: Place,
  address: string,
): Promise<boolean> {
  const keys = [keyOf(address), `@${domainOf(address)}`];
  for (const path of [join(home, FILE), join(list.dir, FILE)])
    if (sizeOf(path) !== undefined)
      for await (const page of keysIn(path, asked))
        if (page.some((key) => keys.includes(key))) return true;
  const { suppressed } = await stateOf(home);
  return (
    (await suppressed.has("", keys)) ||
    (await suppressed.has(keyOf(list.address), keys))
  );
}

/**
 * What one writes to have it suppressed: an address, "Name <address>" or "@domain".
 * @returns canonical; undefined where it is neither
 */
export function suppressible(text: string): string | undefined {
  const bare = text.trim();
  if (!bare.startsWith("@")) return fromLine(bare);
  return canonical(`all${bare}`)?.slice("all".length);
}

/** All that is suppressed, as keys, and how many bytes that are about. */
function suppressed(asked: Asked, { home, list }: Place) {
  const paths = [join(home, FILE), join(list.dir, FILE)];
  const sizes = paths.map(sizeOf);
  async function* pages(): AsyncGenerator<readonly string[]> {
    for (const [at, path] of paths.entries())
      if (sizes[at] !== undefined) yield* keysIn(path, asked);
    const { suppressed } = await stateOf(home);
    for (const whose of ["", keyOf(list.address)])
      yield* suppressed.keys(whose);
  }
  const size = sizes.reduce((sum: number, one = 0) => sum + one, 0);
  return { size, pages: pages() };
}

/** Bytes of a file; undefined where there is none. */
function sizeOf(path: string): number | undefined {
  try {
    return statSync(path).size;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw unreadable(path, error);
  }
}

async function* keysIn(
  path: string,
  asked: Pick<Asked, "log">,
): AsyncGenerator<string[]> {
  let refused = 0;
  const refuse = (line: string) => {
    refused += 1;
    if (refused <= NAMED)
      asked.log(
        `${path}: passed over, neither address nor @domain: ${oneLine(line, 200)}`,
      );
    else if (refused === NAMED + 1)
      asked.log(`${path}: passed over more such lines`);
  };
  const keyIn = (line: string): string[] => {
    if (isPlain(line)) return [line];
    const text = line.replace(/(^|[ \t])#.*$/, "").trim();
    if (text === "") return [];
    const address = suppressible(text);
    if (address === undefined) refuse(text);
    return address === undefined ? [] : [keyOf(address)];
  };
  try {
    for await (const page of pagesOf(unbroken(utf8(bytesOf(path), path), path)))
      yield page.flatMap(keyIn);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): Failure {
  return new Failure(
    exit.tryLater,
    `${path} cannot be read: ${messageOf(error)}: let listmill's user read it, or take it away`,
    { cause: error },
  );
}
