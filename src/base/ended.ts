/**
 * Waiting for several things under way at once.
 */

/** Throws the first failure, but only once all have ended: whoever cleans up finds nothing under way. */
export async function allEnded(steps: readonly Promise<unknown>[]) {
  for (const ended of await Promise.allSettled(steps))
    if (ended.status === "rejected") throw ended.reason;
}
