/** `bounces clear ADDRESS`: what came back counts for nothing any more. */
import { exit } from "../../base/errors.ts";
import { standingOf, unsilence } from "../../bounce/judge/silence.ts";
import { stateOf } from "../../lists/state.ts";
import { actor } from "../actor.ts";
import type { Context } from "../context.ts";
import { asked, listsOf, nothing } from "./show.ts";

export async function clear(
  context: Context,
  typed: string,
  list?: string,
): Promise<number> {
  const { key, only } = asked(context, typed, list);
  const { home } = context.site;
  const { bounces, probes } = await stateOf(home);
  let found = false;
  for (const name of await listsOf(context, key, only)) {
    const trial = await probes.get(name, key);
    const address = trial?.address ?? typed;
    const whom = { home, list: { address: name }, address };
    const isBack =
      trial?.ended === "" && (await standingOf(whom, false)) === "ours";
    // What would be done about it goes first: a crash leaves somebody with mail, not without.
    if (isBack) await unsilence(whom, actor());
    await probes.remove(name, key);
    const forgotten = await bounces.forget(name, key);
    if (forgotten === 0 && !trial) continue;
    found = true;
    context.say(
      `${name}: ${forgotten} forgotten${isBack ? `, ${address} gets mail again` : ""}`,
    );
  }
  if (found) return exit.ok;
  throw nothing(typed, only);
}
