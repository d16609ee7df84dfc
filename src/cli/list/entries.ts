/**
 * Entries of the spool that belong to a list.
 */

import { outbound } from "../../engine/aftermath.ts";
import { EVENTS } from "../../lists/events.ts";
import { readEnvelope } from "../../spool/envelope.ts";
import { laneOf } from "../../spool/name.ts";
import { entriesOf, type Found } from "../../spool/operator.ts";
import type { Spool } from "../../spool/spool.ts";

/**
 * An entry of the list that a runner has at work, or of which that cannot be told. What is on its way out
 * has its recipients already and does not count.
 */
export function atWork(spool: Spool, list: string): Found | undefined {
  for (const queue of spool.queues()) {
    if (queue === outbound) continue;
    for (const found of entriesOf(spool, queue)) {
      if (found.node === undefined) continue;
      const read = readEnvelope(found.path);
      if (read.kind !== "envelope" || read.envelope.list === list) return found;
    }
  }
  return undefined;
}

/** How many entries of a list wait or rest. */
export function waitingFor(spool: Spool, list: string): number {
  const lane = laneOf(list, "", 0).list;
  let count = 0;
  // What is told of a list goes on without it.
  for (const queue of spool.queues().filter((queue) => queue !== EVENTS))
    for (const { name, path } of entriesOf(spool, queue)) {
      // Of a million that are on their way out only those that may be its own are read.
      if (name.lane && name.lane.list !== lane) continue;
      const read = readEnvelope(path);
      if (read.kind === "envelope" && read.envelope.list === list) count += 1;
    }
  return count;
}
