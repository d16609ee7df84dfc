/**
 * Hosts that a person has drained: their runners finish what they hold and take nothing more, until
 * they are resumed. An order is a file `nodes/<host>.drain`, there or not; runners list the folder
 * at each scan, for a name that a host has seen absent may stay absent on NFS for half a minute.
 */
import { unlinkSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../base/errors.ts";
import { makeFolder, syncPath, writeNew } from "./durable.ts";
import { DRAIN } from "./nodes.ts";
import { listFolder, type Spool } from "./spool.ts";

/** Drains a host. @returns whether it was not drained before */
export async function drain(spool: Spool, host: string): Promise<boolean> {
  await makeFolder(spool.nodes());
  try {
    await writeNew(pathOf(spool, host), "");
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
  await syncPath(spool.nodes());
  return true;
}

/** Takes that back. @returns whether it was drained */
export async function resume(spool: Spool, host: string): Promise<boolean> {
  try {
    unlinkSync(pathOf(spool, host));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
  await syncPath(spool.nodes());
  return true;
}

/** The hosts that are drained. */
export function drainedHosts(spool: Spool): Set<string> {
  return new Set(
    listFolder(spool.nodes())
      .filter((name) => name.endsWith(DRAIN))
      .map((name) => name.slice(0, -DRAIN.length)),
  );
}

function pathOf(spool: Spool, host: string): string {
  return join(spool.nodes(), `${host}${DRAIN}`);
}
