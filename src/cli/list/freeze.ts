/**
 * listmill list freeze and thaw: nothing is posted to a list for a while, and nobody joins.
 */
import type { List } from "../../lists/directory.ts";
import type { Context } from "../context.ts";
import { telling } from "./tell.ts";

/** @param frozen what it shall be */
export async function freeze(
  context: Context,
  list: List,
  frozen: boolean,
): Promise<void> {
  const word = frozen ? "frozen" : "thawed";
  if (list.settings.frozen === frozen) {
    context.say(`${list.address} is ${word} already`);
    return;
  }
  await telling(context, list.address, `list.${word}`, {}, () =>
    context.lists.set(list.address, ["frozen", frozen]),
  );
  context.say(
    frozen
      ? `${list.address} is frozen: posts are refused, and nobody can join`
      : `${list.address} is thawed`,
  );
}
