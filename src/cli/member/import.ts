/**
 * listmill member import: what was taken in, and which lines were not, each by its number.
 */
import { type FileHandle, open } from "node:fs/promises";
import { exit, Failure, messageOf } from "../../base/errors.ts";
import { linesOf } from "../../base/lines.ts";
import { placeIn } from "../../lists/importing.ts";
import { actor } from "../actor.ts";
import type { Context } from "../context.ts";
import { bringAlong } from "../list/along.ts";
import { Meter, metered } from "../meter.ts";

/** @param file undefined or "-": stdin. @returns the exit code */
export async function importMembers(
  context: Context,
  list: string,
  file: string | undefined,
): Promise<number> {
  const name = file === "-" ? undefined : file;
  const { bytes, size } = await sourceOf(name);
  const meter = new Meter(context.clock, "byte", "bytes", size);
  let done: Awaited<ReturnType<typeof context.roster.import>>;
  try {
    const lines = linesOf(metered(bytes, meter), undefined, "marked");
    done = await context.roster.import(list, lines, actor("import"), name);
  } finally {
    meter.wipe();
  }
  await bringAlong(context, list);
  const { added, changed, present, refusals, refused } = done;
  for (const { line, text, why } of refused)
    process.stderr.write(`listmill: ${placeIn(name, line)}: ${text}: ${why}\n`);
  if (refusals > refused.length)
    process.stderr.write(
      `listmill: … and ${refusals - refused.length} more lines\n`,
    );
  context.say(
    context.json
      ? JSON.stringify({ added, changed, present, refusals, refused })
      : `${list}: ${added} added, ${changed} changed, ${present} there already, ${refusals} refused`,
  );
  return refusals > 0 ? exit.dataError : exit.ok;
}

async function sourceOf(name: string | undefined): Promise<{
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Undefined where that cannot be told. */
  readonly size?: number | undefined;
}> {
  if (name === undefined) return { bytes: process.stdin };
  const file = await readable(name);
  const about = await file.stat();
  if (about.isDirectory()) {
    await file.close();
    throw new Failure(exit.noInput, `${name}: this is a folder, not a file`);
  }
  const size = about.size || undefined;
  return { bytes: file.createReadStream(), size };
}

async function readable(name: string): Promise<FileHandle> {
  try {
    return await open(name);
  } catch (error) {
    throw new Failure(
      exit.noInput,
      `${name} cannot be read: ${messageOf(error)}`,
    );
  }
}
