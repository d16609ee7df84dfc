/** `bounces clear ADDRESS`: what came back counts for nothing any more. */
import { exit, Failure } from "../../base/errors.ts";
import { standingOf, unsilence } from "../../bounce/judge/silence.ts";
import { memberKey } from "../../lists/people.ts";
import { stateOf } from "../../lists/state.ts";
import { actor } from "../actor.ts";
import type { Context } from "../context.ts";
import { listsOf } from "./show.ts";

export async function clear(
  context: Context,
  typed: string,
  list?: string,
): Promise<number> {
  const key = memberKey(typed);
  const only = list === undefined ? undefined : context.list(list).address;
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
  throw new Failure(
    exit.noUser,
    `${typed}: nothing came back${only ? ` to ${only}` : ""}`,
  );
}
