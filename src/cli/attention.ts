/**
 * What `listmill check` finds worth a look though nothing is broken: entries that wait after an
 * error or rest, and settings `observe` that name no hook. It reads, and changes nothing.
 */
import { plural } from "../base/log.ts";
import { type Hook, isObserved } from "../engine/layers.ts";
import type { List } from "../lists/directory.ts";
import type { Site } from "../lists/settings.ts";
import { entriesOf, envelopeOf } from "../spool/operator.ts";
import { isResting, type Spool } from "../spool/spool.ts";

/** A sentence about what waits with an error, is held or has failed; undefined: nothing does. */
export function troubled(spool: Spool): string | undefined {
  const there = spool.queues();
  let waiting = 0;
  for (const queue of there)
    if (!isResting(queue))
      // Without a try there was no error, so the envelope need not be read.
      for (const found of entriesOf(spool, queue))
        if (
          found.node === undefined &&
          found.name.attempt > 0 &&
          envelopeOf(found).history.findLast(({ what }) => what !== "dropped")
            ?.what === "later"
        )
          waiting += 1;
  const count = (queue: string) =>
    there.includes(queue) ? [...entriesOf(spool, queue)].length : 0;
  const held = count("held");
  const failed = count("failed");
  const parts = (
    [
      [waiting, "waits with an error", "wait with an error"],
      [held, "is held", "are held"],
      [failed, "has failed", "have failed"],
    ] as const
  )
    .filter(([entries]) => entries > 0)
    // The first count says what is counted.
    .map(([entries, one, many], at) =>
      at === 0
        ? plural(entries, `entry ${one}`, `entries ${many}`)
        : plural(entries, one, many),
    );
  if (parts.length === 0) return undefined;
  return `${parts.join(", ")}: listmill queue${held > 0 ? ", listmill held" : ""}`;
}

/**
 * Names in `observe` that match no hook, each with where it stands.
 * @param hooks those of all layers
 */
export function unknownObserved(
  site: Site,
  lists: readonly List[],
  hooks: readonly Hook[],
): string[] {
  const isUnknown = (name: string) =>
    !hooks.some((hook) => isObserved(hook, [name]));
  const told = new Map<string, string>();
  for (const name of site.hooks.observe)
    if (isUnknown(name)) told.set(name, "[hooks] of listmill.toml");
  // What all lists have by default is said once.
  for (const { address, settings } of lists)
    for (const name of settings.observe)
      if (!told.has(name) && isUnknown(name)) told.set(name, address);
  return [...told].map(
    ([name, where]) =>
      `${where}: observe names "${name}", which is no hook; see: listmill hooks`,
  );
}
