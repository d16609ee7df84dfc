#!/usr/bin/env listmill-hook
// Holds a post to a list that came out much smaller than the last time (setting
// `refine.shrink_limit`), or empty though it has a source, and tells the owners: something may be
// wrong with a source.
import type { Ask, Reply } from "../../../src/hook.ts";
import { letter } from "../../../src/lists/letter.ts";
import { counted } from "../../../src/lists/refine/refining.ts";
import { hasSource, isShrunk } from "../../../src/lists/refine/shrink.ts";
import { stateOf } from "../../../src/lists/state.ts";

export default async function shrink(ask: Ask): Promise<Reply> {
  const { envelope, id, list, message, queue, site, stage, trial } = ask;
  const limit = list?.settings.refine.shrink_limit ?? 100;
  if (!list || limit >= 100) return;
  const { sizes } = await stateOf(site.home);
  const last = await sizes.get(list.address);
  const now = await counted(ask);
  const isReleased = envelope.passed?.includes(`${queue}/${stage}`);
  const isEmpty = now === 0 && hasSource(list.settings);
  const isSmaller = last !== undefined && isShrunk(last, now, limit);
  if (!isReleased && (isEmpty || isSmaller)) {
    const owner = ask.address("owner");
    const occasion = { site, list, now: ask.now, id };
    const subject = message.header.text("Subject");
    const release = `listmill queue release ${id}`;
    const content =
      isSmaller && now > 0
        ? letter(occasion, { address: owner }, "shrunk", {
            subject,
            now,
            last,
            release,
          })
        : letter(occasion, { address: owner }, "no-recipients", {
            subject,
            release,
          });
    ask.emit({ recipient: owner, content });
    return ask.hold(
      isSmaller
        ? `the list has ${now} recipients, and had ${last} the last time: that is less by more than ${limit}% (refine.shrink_limit)`
        : "its sources gave no recipient at all",
      true,
    );
  }
  if (!trial) await sizes.put(list.address, now, ask.now);
}
